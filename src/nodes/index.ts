import { CLIPTextEncode } from "./conditioning/clipTextEncode.ts";
import { CLIPTextEncodeFlux } from "./conditioning/clipTextEncodeFlux.ts";
import { ConditioningAverage } from "./conditioning/conditioningAverage.ts";
import { ConditioningCombine } from "./conditioning/conditioningCombine.ts";
import { ConditioningConcat } from "./conditioning/conditioningConcat.ts";
import { ConditioningMultiply } from "./conditioning/conditioningMultiply.ts";
import { ConditioningSetArea } from "./conditioning/conditioningSetArea.ts";
import { ConditioningSetAreaPercentage } from "./conditioning/conditioningSetAreaPercentage.ts";
import { ConditioningSetMask } from "./conditioning/conditioningSetMask.ts";
import { ConditioningSetTimestepRange } from "./conditioning/conditioningSetTimestepRange.ts";
import { ConditioningZeroOut } from "./conditioning/conditioningZeroOut.ts";
import { FluxDisableGuidance } from "./conditioning/fluxDisableGuidance.ts";
import { FluxGuidance } from "./conditioning/fluxGuidance.ts";
import { FluxKontextMultiReferenceLatentMethod } from "./conditioning/fluxKontextMultiReferenceLatentMethod.ts";
import { InpaintModelConditioning } from "./conditioning/inpaintModelConditioning.ts";
import { LotusConditioning } from "./conditioning/lotusConditioning.ts";
import { ReferenceLatent } from "./conditioning/referenceLatent.ts";
import type { WeirNode } from "./context.ts";
import { Canny } from "./image/canny.ts";
import { EmptyImage } from "./image/emptyImage.ts";
import { FluxKontextImageScale } from "./image/fluxKontextImageScale.ts";
import { GetImageSize } from "./image/getImageSize.ts";
import { ImageAddNoise } from "./image/imageAddNoise.ts";
import { ImageBatch } from "./image/imageBatch.ts";
import { ImageBlend } from "./image/imageBlend.ts";
import { ImageBlur } from "./image/imageBlur.ts";
import { ImageCompare } from "./image/imageCompare.ts";
import { ImageCompositeMasked } from "./image/imageCompositeMasked.ts";
import { ImageCrop } from "./image/imageCrop.ts";
import { ImageFlip } from "./image/imageFlip.ts";
import { ImageFromBatch } from "./image/imageFromBatch.ts";
import { ImageInvert } from "./image/imageInvert.ts";
import { ImagePadForOutpaint } from "./image/imagePadForOutpaint.ts";
import { ImageRotate } from "./image/imageRotate.ts";
import { ImageScale } from "./image/imageScale.ts";
import { ImageScaleBy } from "./image/imageScaleBy.ts";
import { ImageScaleToMaxDimension } from "./image/imageScaleToMaxDimension.ts";
import { ImageScaleToTotalPixels } from "./image/imageScaleToTotalPixels.ts";
import { ImageSharpen } from "./image/imageSharpen.ts";
import { ImageStitch } from "./image/imageStitch.ts";
import { JoinImageWithAlpha } from "./image/joinImageWithAlpha.ts";
import { LoadImage } from "./image/loadImage.ts";
import { LoadImageMask } from "./image/loadImageMask.ts";
import { PreviewImage } from "./image/previewImage.ts";
import { RebatchImages } from "./image/rebatchImages.ts";
import { RepeatImageBatch } from "./image/repeatImageBatch.ts";
import { ResizeImageMaskNode } from "./image/resizeImageMaskNode.ts";
import { SaveImage } from "./image/saveImage.ts";
import { SaveImageAdvanced } from "./image/saveImageAdvanced.ts";
import { SplitImageWithAlpha } from "./image/splitImageWithAlpha.ts";
import { EmptyFlux2LatentImage } from "./latent/emptyFlux2LatentImage.ts";
import { EmptyLatentImage } from "./latent/emptyLatentImage.ts";
import { EmptySD3LatentImage } from "./latent/emptySd3LatentImage.ts";
import { LatentAdd } from "./latent/latentAdd.ts";
import { LatentBatch } from "./latent/latentBatch.ts";
import { LatentBlend } from "./latent/latentBlend.ts";
import { LatentComposite } from "./latent/latentComposite.ts";
import { LatentCompositeMasked } from "./latent/latentCompositeMasked.ts";
import { LatentCrop } from "./latent/latentCrop.ts";
import { LatentFlip } from "./latent/latentFlip.ts";
import { LatentFromBatch } from "./latent/latentFromBatch.ts";
import { LatentInterpolate } from "./latent/latentInterpolate.ts";
import { LatentMultiply } from "./latent/latentMultiply.ts";
import { LatentRotate } from "./latent/latentRotate.ts";
import { LatentSubtract } from "./latent/latentSubtract.ts";
import { LatentUpscale } from "./latent/latentUpscale.ts";
import { LatentUpscaleBy } from "./latent/latentUpscaleBy.ts";
import { LoadLatent } from "./latent/loadLatent.ts";
import { RebatchLatents } from "./latent/rebatchLatents.ts";
import { RepeatLatentBatch } from "./latent/repeatLatentBatch.ts";
import { SaveLatent } from "./latent/saveLatent.ts";
import { SetLatentNoiseMask } from "./latent/setLatentNoiseMask.ts";
import { VAEDecode } from "./latent/vaeDecode.ts";
import { VAEDecodeTiled } from "./latent/vaeDecodeTiled.ts";
import { VAEEncode } from "./latent/vaeEncode.ts";
import { VAEEncodeForInpaint } from "./latent/vaeEncodeForInpaint.ts";
import { VAEEncodeTiled } from "./latent/vaeEncodeTiled.ts";
import { CheckpointLoaderSimple } from "./loaders/checkpointLoaderSimple.ts";
import { CLIPLoader } from "./loaders/clipLoader.ts";
import { CLIPLoaderGGUF } from "./loaders/clipLoaderGguf.ts";
import { DualCLIPLoader } from "./loaders/dualClipLoader.ts";
import { DualCLIPLoaderGGUF } from "./loaders/dualClipLoaderGguf.ts";
import { LoraLoader } from "./loaders/loraLoader.ts";
import { LoraLoaderModelOnly } from "./loaders/loraLoaderModelOnly.ts";
import { UNETLoader } from "./loaders/unetLoader.ts";
import { UnetLoaderGGUF } from "./loaders/unetLoaderGguf.ts";
import { VAELoader } from "./loaders/vaeLoader.ts";
import { CropMask } from "./mask/cropMask.ts";
import { FeatherMask } from "./mask/featherMask.ts";
import { GrowMask } from "./mask/growMask.ts";
import { ImageColorToMask } from "./mask/imageColorToMask.ts";
import { ImageToMask } from "./mask/imageToMask.ts";
import { InvertMask } from "./mask/invertMask.ts";
import { MaskComposite } from "./mask/maskComposite.ts";
import { MaskPreview } from "./mask/maskPreview.ts";
import { MaskToImage } from "./mask/maskToImage.ts";
import { SolidMask } from "./mask/solidMask.ts";
import { ThresholdMask } from "./mask/thresholdMask.ts";
import { DifferentialDiffusion } from "./model/differentialDiffusion.ts";
import { FluxKVCache } from "./model/fluxKvCache.ts";
import { ModelSamplingAuraFlow } from "./model/modelSamplingAuraFlow.ts";
import { ModelSamplingFlux } from "./model/modelSamplingFlux.ts";
import { ModelSamplingSD3 } from "./model/modelSamplingSD3.ts";
import { RescaleCFG } from "./model/rescaleCfg.ts";
import { AddNoise } from "./sampling/addNoise.ts";
import { AlignYourStepsScheduler } from "./sampling/alignYourStepsScheduler.ts";
import { BasicGuider } from "./sampling/basicGuider.ts";
import { BasicScheduler } from "./sampling/basicScheduler.ts";
import { BetaSamplingScheduler } from "./sampling/betaSamplingScheduler.ts";
import { CFGGuider } from "./sampling/cfgGuider.ts";
import { DisableNoise } from "./sampling/disableNoise.ts";
import { DualCFGGuider } from "./sampling/dualCFGGuider.ts";
import { ExponentialScheduler } from "./sampling/exponentialScheduler.ts";
import { ExtendIntermediateSigmas } from "./sampling/extendIntermediateSigmas.ts";
import { FlipSigmas } from "./sampling/flipSigmas.ts";
import { Flux2Scheduler } from "./sampling/flux2Scheduler.ts";
import { KarrasScheduler } from "./sampling/karrasScheduler.ts";
import { KSampler } from "./sampling/kSampler.ts";
import { KSamplerAdvanced } from "./sampling/kSamplerAdvanced.ts";
import { KSamplerSelect } from "./sampling/kSamplerSelect.ts";
import { LaplaceScheduler } from "./sampling/laplaceScheduler.ts";
import { ManualSigmas } from "./sampling/manualSigmas.ts";
import { PerpNegGuider } from "./sampling/perpNegGuider.ts";
import { PolyexponentialScheduler } from "./sampling/polyexponentialScheduler.ts";
import { RandomNoise } from "./sampling/randomNoise.ts";
import { SamplerCustom } from "./sampling/samplerCustom.ts";
import { SamplerCustomAdvanced } from "./sampling/samplerCustomAdvanced.ts";
import { SamplerDPMAdaptative } from "./sampling/samplerDPMAdaptative.ts";
import { SamplerDPMPP_2M_SDE } from "./sampling/samplerDPMPP2MSDE.ts";
import { SamplerDPMPP_2S_Ancestral } from "./sampling/samplerDPMPP2SAncestral.ts";
import { SamplerDPMPP_3M_SDE } from "./sampling/samplerDPMPP3MSDE.ts";
import { SamplerDPMPP_SDE } from "./sampling/samplerDPMPPSDE.ts";
import { SamplerER_SDE } from "./sampling/samplerERSDE.ts";
import { SamplerEulerAncestral } from "./sampling/samplerEulerAncestral.ts";
import { SamplerEulerAncestralCFGPP } from "./sampling/samplerEulerAncestralCFGPP.ts";
import { SamplerLMS } from "./sampling/samplerLMS.ts";
import { SamplerSASolver } from "./sampling/samplerSASolver.ts";
import { SamplerSEEDS2 } from "./sampling/samplerSEEDS2.ts";
import { SamplingPercentToSigma } from "./sampling/samplingPercentToSigma.ts";
import { SDTurboScheduler } from "./sampling/sdTurboScheduler.ts";
import { SetFirstSigma } from "./sampling/setFirstSigma.ts";
import { SplitSigmas } from "./sampling/splitSigmas.ts";
import { SplitSigmasDenoise } from "./sampling/splitSigmasDenoise.ts";
import { VPScheduler } from "./sampling/vpScheduler.ts";
import { ComfySwitchNode } from "./utilities/comfySwitchNode.ts";
import { CreateList } from "./utilities/createList.ts";
import { PreviewAny } from "./utilities/previewAny.ts";
import { PrimitiveBoolean } from "./utilities/primitiveBoolean.ts";
import { PrimitiveFloat } from "./utilities/primitiveFloat.ts";
import { PrimitiveInt } from "./utilities/primitiveInt.ts";
import { PrimitiveString } from "./utilities/primitiveString.ts";
import { PrimitiveStringMultiline } from "./utilities/primitiveStringMultiline.ts";
import { ResolutionSelector } from "./utilities/resolutionSelector.ts";
import { StringConcatenate } from "./utilities/stringConcatenate.ts";

/** Every node there is. One file adds a node; this list makes it known. */
export const allNodes: readonly WeirNode[] = [
  AddNoise,
  AlignYourStepsScheduler,
  BasicGuider,
  BasicScheduler,
  BetaSamplingScheduler,
  CFGGuider,
  CLIPLoader,
  CLIPLoaderGGUF,
  DualCLIPLoader,
  DualCLIPLoaderGGUF,
  CLIPTextEncode,
  CLIPTextEncodeFlux,
  Canny,
  CheckpointLoaderSimple,
  ComfySwitchNode,
  ConditioningAverage,
  ConditioningCombine,
  ConditioningConcat,
  ConditioningMultiply,
  ConditioningSetArea,
  ConditioningSetAreaPercentage,
  ConditioningSetMask,
  ConditioningSetTimestepRange,
  ConditioningZeroOut,
  CreateList,
  CropMask,
  DifferentialDiffusion,
  FluxKVCache,
  DisableNoise,
  DualCFGGuider,
  EmptyFlux2LatentImage,
  EmptyImage,
  EmptyLatentImage,
  EmptySD3LatentImage,
  ExponentialScheduler,
  ExtendIntermediateSigmas,
  FeatherMask,
  FlipSigmas,
  Flux2Scheduler,
  FluxDisableGuidance,
  FluxGuidance,
  FluxKontextImageScale,
  FluxKontextMultiReferenceLatentMethod,
  GetImageSize,
  GrowMask,
  ImageAddNoise,
  ImageBatch,
  ImageBlend,
  ImageBlur,
  ImageColorToMask,
  ImageCompare,
  ImageCompositeMasked,
  ImageCrop,
  ImageFlip,
  ImageFromBatch,
  ImageInvert,
  ImagePadForOutpaint,
  ImageRotate,
  ImageScale,
  ImageScaleBy,
  ImageScaleToMaxDimension,
  ImageScaleToTotalPixels,
  ImageSharpen,
  ImageStitch,
  ImageToMask,
  InpaintModelConditioning,
  InvertMask,
  JoinImageWithAlpha,
  KSampler,
  KSamplerAdvanced,
  KSamplerSelect,
  KarrasScheduler,
  LaplaceScheduler,
  LatentAdd,
  LatentBatch,
  LatentBlend,
  LatentComposite,
  LatentCompositeMasked,
  LatentCrop,
  LatentFlip,
  LatentFromBatch,
  LatentInterpolate,
  LatentMultiply,
  LatentRotate,
  LatentSubtract,
  LatentUpscale,
  LatentUpscaleBy,
  LoadImage,
  LoadImageMask,
  LoadLatent,
  LoraLoader,
  LoraLoaderModelOnly,
  LotusConditioning,
  ManualSigmas,
  MaskComposite,
  MaskPreview,
  MaskToImage,
  ModelSamplingAuraFlow,
  ModelSamplingFlux,
  ModelSamplingSD3,
  PerpNegGuider,
  PolyexponentialScheduler,
  PreviewAny,
  PreviewImage,
  PrimitiveBoolean,
  PrimitiveFloat,
  PrimitiveInt,
  PrimitiveString,
  PrimitiveStringMultiline,
  RandomNoise,
  RebatchImages,
  RebatchLatents,
  ReferenceLatent,
  RepeatImageBatch,
  RepeatLatentBatch,
  RescaleCFG,
  ResizeImageMaskNode,
  ResolutionSelector,
  SDTurboScheduler,
  SamplerCustom,
  SamplerCustomAdvanced,
  SamplerDPMAdaptative,
  SamplerDPMPP_2M_SDE,
  SamplerDPMPP_2S_Ancestral,
  SamplerDPMPP_3M_SDE,
  SamplerDPMPP_SDE,
  SamplerER_SDE,
  SamplerEulerAncestral,
  SamplerEulerAncestralCFGPP,
  SamplerLMS,
  SamplerSASolver,
  SamplerSEEDS2,
  SamplingPercentToSigma,
  SaveImage,
  SaveImageAdvanced,
  SaveLatent,
  SetFirstSigma,
  SetLatentNoiseMask,
  SolidMask,
  SplitImageWithAlpha,
  SplitSigmas,
  SplitSigmasDenoise,
  StringConcatenate,
  ThresholdMask,
  UNETLoader,
  UnetLoaderGGUF,
  VAEDecode,
  VAEDecodeTiled,
  VAEEncode,
  VAEEncodeForInpaint,
  VAEEncodeTiled,
  VAELoader,
  VPScheduler,
];
