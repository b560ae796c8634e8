import { queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";

export type User = Schemas["User"];
export type SessionEntry = Schemas["SessionEntry"];
export type ApiKey = Schemas["ApiKey"];

export const PROFILE = ["profile"];
export const SESSIONS = ["sessions"];
export const SECOND_FACTOR = ["second-factor"];
export const API_KEYS = ["api-keys"];

export const profileQuery = queryOptions({
  queryKey: PROFILE,
  queryFn: () => must(api.GET("/profile")),
});

export const sessionsQuery = queryOptions({
  queryKey: SESSIONS,
  queryFn: () => must(api.GET("/sessions")),
});

export const secondFactorQuery = queryOptions({
  queryKey: SECOND_FACTOR,
  queryFn: () => must(api.GET("/profile/second-factor")),
});

export const apiKeysQuery = queryOptions({
  queryKey: API_KEYS,
  queryFn: () => must(api.GET("/api-keys", { params: { query: { limit: 200 } } })),
});
