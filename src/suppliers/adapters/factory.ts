/** Factory: a supplier by its name, from the settings of its party. */
import type { Clock } from "../../platform/clock.ts";
import type { Fetch } from "../../platform/http.ts";
import type { Supplier, SupplierName } from "../supplier.ts";
import { createDigiflazzSupplier } from "./digiflazz.ts";

type Outside = { clock: Clock; fetch: Fetch };

export const supplierFactories = {
  digiflazz: (
    outside: Outside,
    settings: {
      base_url: string;
      username: string;
      api_key: string;
      webhook_secret: string;
      testing: boolean;
    },
  ) =>
    createDigiflazzSupplier(outside, {
      baseUrl: settings.base_url,
      username: settings.username,
      apiKey: settings.api_key,
      webhookSecret: settings.webhook_secret,
      testing: settings.testing,
    }),
} satisfies Record<SupplierName, (outside: Outside, settings: never) => Supplier>;
