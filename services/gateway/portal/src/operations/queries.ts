/** What the operator asks of the services themselves: whether they answer, and what they could not handle. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";

export const SERVICES = ["accounts", "orders", "invoicing", "notifications"] as const;
export type Service = (typeof SERVICES)[number];
export type DeadLetter = Schemas["DeadLetter"];
export type State = Schemas["DeadLetterState"];

/** How often the page asks by itself: dead letters are rare, and nobody announces them. */
export const WATCH_EVERY = 30_000;
const SHOWN = 50;

/** Whether a service answers, how quickly, and how many messages wait there for a decision. */
export function serviceQuery(service: Service) {
  return queryOptions({
    queryKey: ["operations", service, "state"],
    queryFn: async () => {
      const began = performance.now();
      const page = await must(
        api.GET(`/operations/${service}/dead-letters`, { params: { query: { state: "waiting", limit: SHOWN } } }),
      );
      return { waiting: page.items.length, more: page.next !== null, took: Math.round(performance.now() - began) };
    },
    refetchInterval: WATCH_EVERY,
    retry: false,
    meta: { quiet: true },
  });
}

export function deadLettersQuery(service: Service, state: State) {
  return infiniteQueryOptions({
    queryKey: ["operations", service, "letters", state],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      must(
        api.GET(`/operations/${service}/dead-letters`, {
          params: { query: { state, limit: SHOWN, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    getNextPageParam: (page: Schemas["DeadLetterPage"]) => page.next,
    refetchInterval: WATCH_EVERY,
  });
}

export function deadLetterQuery(service: Service, id: string) {
  return queryOptions({
    queryKey: ["operations", service, "letter", id],
    queryFn: () =>
      must(api.GET(`/operations/${service}/dead-letters/{dead_letter_id}`, { params: { path: { dead_letter_id: id } } })),
  });
}

export function isService(word: string | undefined): word is Service {
  return SERVICES.some((service) => service === word);
}
