/** A refusal as the API tells it (RFC 9457), or the fact that no answer came. */

export interface Fault {
  /** JSON pointer into what was sent, such as `/lines/0/quantity`. */
  field: string;
  detail: string;
}

export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** HTTP status; 0 when nothing was heard at all. */
    readonly status: number,
    /** Stable word for the kind of refusal, such as `not-found`. */
    readonly code: string,
    detail: string,
    readonly faults: readonly Fault[] = [],
    readonly requestId: string | null = null,
    /** Seconds after which to try again, where the API said so. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
  }

  static unreachable(cause: unknown): Problem {
    const problem = new Problem(0, "unreachable", "");
    problem.cause = cause;
    return problem;
  }

  /** Whether the change may have happened all the same: only the same key makes asking again safe. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.status === 408 || this.status >= 502;
  }

  get signedOut(): boolean {
    return this.status === 401;
  }

  /** Faults by form path (`lines.0.quantity`), as forms know their fields. */
  byField(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const fault of this.faults) {
      const path = fault.field.replace(/^\//, "").replaceAll("/", ".");
      found[path] = found[path] === undefined ? fault.detail : `${found[path]} ${fault.detail}`;
    }
    return found;
  }
}

export function problemOf(response: { status: number; headers: Headers }, body: unknown): Problem {
  const told = (typeof body === "object" && body !== null ? body : {}) as {
    type?: string;
    detail?: string;
    errors?: { pointer?: string; detail: string }[];
    request_id?: string;
  };
  const faults = (told.errors ?? []).map((fault) => ({
    field: (fault.pointer ?? "").replace(/^#/, ""),
    detail: fault.detail,
  }));
  const after = Number(response.headers.get("Retry-After"));
  return new Problem(
    response.status,
    told.type?.split("/").pop() ?? "unknown",
    told.detail ?? "",
    faults,
    told.request_id ?? response.headers.get("X-Request-ID"),
    Number.isFinite(after) && after > 0 ? after : null,
  );
}
