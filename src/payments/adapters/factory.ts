/** Factory: a gateway by its name, from the settings of its party. */
import type { Clock } from "../../platform/clock.ts";
import type { Fetch } from "../../platform/http.ts";
import type { GatewayName, PaymentGateway } from "../gateway.ts";
import { createMidtransGateway } from "./midtrans.ts";

type Outside = { clock: Clock; fetch: Fetch };

export const gatewayFactories = {
  midtrans: (
    outside: Outside,
    settings: {
      base_url: string;
      server_key: string;
      merchant_id: string;
      /** Absent: notifications go where the dashboard says. */
      notification_url?: string | undefined;
    },
  ) =>
    createMidtransGateway(outside, {
      baseUrl: settings.base_url,
      serverKey: settings.server_key,
      merchantId: settings.merchant_id,
      notificationUrl: settings.notification_url,
    }),
} satisfies Record<GatewayName, (outside: Outside, settings: never) => PaymentGateway>;
