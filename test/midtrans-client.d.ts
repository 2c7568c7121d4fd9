/** The part of Midtrans' own SDK that the tests use; the package ships without types. */
declare module "midtrans-client" {
  type Answer = Record<string, unknown>;

  class CoreApi {
    constructor(options: { isProduction: boolean; serverKey: string; clientKey: string });
    readonly apiConfig: { getCoreApiBaseUrl: () => string };
    charge(parameter: object): Promise<Answer>;
    readonly transaction: {
      status(id: string): Promise<Answer>;
      cancel(id: string): Promise<Answer>;
      expire(id: string): Promise<Answer>;
      refund(id: string, parameter: object): Promise<Answer>;
      notification(notification: object): Promise<Answer>;
    };
  }

  // CommonJS: what it exports comes as one.
  const exported: { CoreApi: typeof CoreApi };
  export default exported;
}
