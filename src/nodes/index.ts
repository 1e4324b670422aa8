import { CLIPTextEncode } from "./conditioning/clipTextEncode.ts";
import { ConditioningZeroOut } from "./conditioning/conditioningZeroOut.ts";
import { FluxGuidance } from "./conditioning/fluxGuidance.ts";
import { FluxKontextMultiReferenceLatentMethod } from "./conditioning/fluxKontextMultiReferenceLatentMethod.ts";
import { ReferenceLatent } from "./conditioning/referenceLatent.ts";
import type { WeirNode } from "./context.ts";
import { EmptyImage } from "./image/emptyImage.ts";
import { ImageInvert } from "./image/imageInvert.ts";
import { LoadImage } from "./image/loadImage.ts";
import { PreviewImage } from "./image/previewImage.ts";
import { SaveImage } from "./image/saveImage.ts";
import { EmptyFlux2LatentImage } from "./latent/emptyFlux2LatentImage.ts";
import { EmptyLatentImage } from "./latent/emptyLatentImage.ts";
import { EmptySD3LatentImage } from "./latent/emptySd3LatentImage.ts";
import { VAEDecode } from "./latent/vaeDecode.ts";
import { VAEDecodeTiled } from "./latent/vaeDecodeTiled.ts";
import { VAEEncode } from "./latent/vaeEncode.ts";
import { VAEEncodeTiled } from "./latent/vaeEncodeTiled.ts";
import { CLIPLoader } from "./loaders/clipLoader.ts";
import { UNETLoader } from "./loaders/unetLoader.ts";
import { VAELoader } from "./loaders/vaeLoader.ts";
import { BasicGuider } from "./sampling/basicGuider.ts";
import { BasicScheduler } from "./sampling/basicScheduler.ts";
import { CFGGuider } from "./sampling/cfgGuider.ts";
import { DisableNoise } from "./sampling/disableNoise.ts";
import { Flux2Scheduler } from "./sampling/flux2Scheduler.ts";
import { KSampler } from "./sampling/kSampler.ts";
import { KSamplerSelect } from "./sampling/kSamplerSelect.ts";
import { RandomNoise } from "./sampling/randomNoise.ts";
import { SamplerCustomAdvanced } from "./sampling/samplerCustomAdvanced.ts";
import { SplitSigmas } from "./sampling/splitSigmas.ts";
import { PrimitiveBoolean } from "./utilities/primitiveBoolean.ts";
import { PrimitiveFloat } from "./utilities/primitiveFloat.ts";
import { PrimitiveInt } from "./utilities/primitiveInt.ts";
import { PrimitiveString } from "./utilities/primitiveString.ts";
import { PrimitiveStringMultiline } from "./utilities/primitiveStringMultiline.ts";

/** Every node there is. One file adds a node; this list makes it known. */
export const allNodes: readonly WeirNode[] = [
  BasicGuider,
  BasicScheduler,
  CFGGuider,
  CLIPLoader,
  CLIPTextEncode,
  ConditioningZeroOut,
  DisableNoise,
  EmptyFlux2LatentImage,
  EmptyImage,
  EmptyLatentImage,
  EmptySD3LatentImage,
  Flux2Scheduler,
  FluxGuidance,
  FluxKontextMultiReferenceLatentMethod,
  ImageInvert,
  KSampler,
  KSamplerSelect,
  LoadImage,
  PreviewImage,
  PrimitiveBoolean,
  PrimitiveFloat,
  PrimitiveInt,
  PrimitiveString,
  PrimitiveStringMultiline,
  RandomNoise,
  ReferenceLatent,
  SamplerCustomAdvanced,
  SaveImage,
  SplitSigmas,
  UNETLoader,
  VAEDecode,
  VAEDecodeTiled,
  VAEEncode,
  VAEEncodeTiled,
  VAELoader,
];
