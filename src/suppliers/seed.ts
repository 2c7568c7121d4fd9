/** Seed: what Digiflazz's products are called in the sandbox, by our SKU. A real buyer chooses them. */

export const digiflazzSeedSkus: Readonly<Record<string, string>> = {
  ML_86: "ml86",
  ML_172: "ml172",
  ML_257: "ml257",
  ML_344: "ml344",
  ML_429: "ml429",
  FF_70: "ff70",
  FF_140: "ff140",
  FF_355: "ff355",
  FF_720: "ff720",
  PUBG_60: "pubgm60",
  PUBG_325: "pubgm325",
  PUBG_660: "pubgm660",
  GI_60: "gi60",
  GI_330: "gi330",
  GI_1090: "gi1090",
  VP_475: "val475",
  VP_1000: "val1000",
  VP_2050: "val2050",
};
