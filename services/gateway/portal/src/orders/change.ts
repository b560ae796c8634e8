/** Changes of one order: each says which state it was decided on, and shows the answer at once. */
import { useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { useChange, type KeyHeader } from "@/api/change";
import { etag } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Order } from "@/orders/queries";

interface Target {
  path: { order_id: string };
  header: KeyHeader & { "If-Match": string };
}

/** `send` is given the parameters of a change of `order`; what it answers with, `onDone` is told. */
export function useOrderChange<V, R>(
  order: Order,
  send: (params: Target, wish: V) => Promise<R>,
  onDone?: (answer: R) => void,
): UseMutationResult<R, Error, V> {
  const queries = useQueryClient();
  return useChange<V, R>({
    send: async (wish, header) => {
      try {
        return await send({ path: { order_id: order.id }, header: { ...header, "If-Match": etag(order) } }, wish);
      } catch (error) {
        // Somebody was quicker: what they did is shown beside the refusal.
        if (error instanceof Problem && error.status > 0) void queries.invalidateQueries({ queryKey: ["orders", order.id] });
        throw error;
      }
    },
    invalidates: () => [["orders"], ["goods-movements"]],
    ...(onDone ? { onDone } : {}),
  });
}
