/** The one place the playground calls out: JSON in, JSON out, and a typed error with the status. */

export class HttpProblem extends Error {
  readonly status: number;
  constructor(status: number, url: string) {
    super(`${status} from ${url}`);
    this.status = status;
  }
}

export async function callJson<T>(
  url: string,
  method: "GET" | "POST" | "PATCH" = "GET",
  body?: unknown,
): Promise<T> {
  const response = await fetch(
    url,
    body === undefined
      ? { method }
      : {
          method,
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        },
  );
  if (!response.ok) throw new HttpProblem(response.status, url);
  // Both ends belong to the sandbox and follow simulators/README.md, so the shape is trusted.
  const answer: T = await response.json();
  return answer;
}
