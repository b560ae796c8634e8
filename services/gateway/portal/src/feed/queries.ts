import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";

export type FeedItem = Schemas["FeedItem"];

export const unreadQuery = queryOptions({
  queryKey: ["feed", "unread"],
  queryFn: () => must(api.GET("/feed/unread")),
  meta: { live: ["feed"], quiet: true },
});

export const feedQuery = infiniteQueryOptions({
  queryKey: ["feed", "items"],
  initialPageParam: "",
  queryFn: ({ pageParam }) =>
    must(api.GET("/feed", { params: { query: { limit: 30, ...(pageParam ? { after: pageParam } : {}) } } })),
  getNextPageParam: (page: Schemas["FeedPage"]) => page.next,
  meta: { live: ["feed"] },
});
