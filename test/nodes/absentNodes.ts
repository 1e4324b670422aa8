/**
 * Classes of ComfyUI's recorded catalogue that Weir does not have, by the reason. A class that is built leaves this list: a test holds both to
 * the catalogue.
 */
export const absentNodes: readonly { readonly why: string; readonly classes: readonly string[] }[] = [
  {
    why: "They belong to models that Weir does not run yet: checkpoints of Stable Diffusion, their pairs and triples of text encoders (Flux 1 pairs are there) and what is set on them",
    classes: [
      "CheckpointLoader",
      "CheckpointSave",
      "CLIPSetLastLayer",
      "CLIPTextEncodeControlnet",
      "CLIPTextEncodeSD3",
      "CLIPTextEncodeSDXL",
      "CLIPTextEncodeSDXLRefiner",
      "FreeU_V2",
      "ImageOnlyCheckpointLoader",
      "InstructPixToPixConditioning",
      "ModelSamplingDiscrete",
      "QuadrupleCLIPLoader",
      "SkipLayerGuidanceSD3",
      "TripleCLIPLoader",
      "unCLIPConditioning",
    ],
  },
  {
    why: "They need a model beside the diffusion model of a kind that Weir does not run yet: ControlNet, CLIP vision, style models, model patches, upscalers",
    classes: [
      "CLIPVisionEncode",
      "CLIPVisionLoader",
      "ControlNetApply",
      "ControlNetApplyAdvanced",
      "ControlNetInpaintingAliMamaApply",
      "ControlNetLoader",
      "ImageUpscaleWithModel",
      "ModelPatchLoader",
      "QwenImageDiffsynthControlnet",
      "SetUnionControlNetType",
      "StyleModelApply",
      "StyleModelLoader",
      "UpscaleModelLoader",
      "USOStyleReference",
    ],
  },
  { why: "SeedVR2 is not run", classes: ["SeedVR2Conditioning", "SeedVR2PostProcessing", "SeedVR2Preprocess"] },
  { why: "Video is not read or written", classes: ["CreateVideo", "GetVideoComponents", "LoadVideo", "SaveVideo"] },
  {
    why: "Weights are read-only here and stay in their files: nothing merges, extracts or saves them",
    classes: ["LoraSave", "ModelMergeSimple"],
  },
  { why: "Its palette is that of one version of an imaging library, to the byte", classes: ["ImageQuantize"] },
];
