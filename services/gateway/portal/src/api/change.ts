/** Changes: sent once per intention of a person, whatever the network does meanwhile. */
import { useMutation, useQueryClient, type QueryKey, type UseMutationResult } from "@tanstack/react-query";
import { useRef } from "react";
import { Problem } from "@/api/problem";

export interface KeyHeader {
  "Idempotency-Key": string;
}

/** A fresh key for one intention. */
export function newKey(): string {
  // randomUUID exists on secure origins only; a portal inside a company's network may not be one.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const ATTEMPTS = 4;

/** Runs `send` until its outcome is known; every attempt carries the same key, so nothing happens twice. */
export async function untilKnown<T>(
  send: () => Promise<T>,
  wait: (milliseconds: number) => Promise<void> = pause,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      // Without any network there is nothing to wait for: the person is told at once, and presses again.
      const again = navigator.onLine && error instanceof Problem && (error.outcomeUnknown || error.status === 429);
      if (!again || attempt === ATTEMPTS) throw error;
      await wait(error.retryAfter !== null ? Math.min(error.retryAfter, 10) * 1000 : 400 * 3 ** (attempt - 1));
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

interface ChangeOptions<V, R> {
  /** Sends the change; `header` carries the Idempotency-Key and belongs into `params`. */
  send: (wish: V, header: KeyHeader) => Promise<R>;
  onDone?: (answer: R, wish: V) => void;
  /** Queries that are no longer true afterwards. */
  invalidates?: (answer: R, wish: V) => QueryKey[];
}

/**
 * A change the person can make here. The key is made once per intention: when an answer got lost and the
 * person presses the button again with the same content, the same key goes out, and nothing is done twice.
 */
export function useChange<V, R>(options: ChangeOptions<V, R>): UseMutationResult<R, Error, V> {
  const queries = useQueryClient();
  const intention = useRef<{ wish: string; key: string } | null>(null);
  return useMutation<R, Error, V>({
    mutationFn: async (wish) => {
      const told = JSON.stringify(wish ?? null);
      if (intention.current?.wish !== told) intention.current = { wish: told, key: newKey() };
      const header = { "Idempotency-Key": intention.current.key };
      try {
        const answer = await untilKnown(() => options.send(wish, header));
        intention.current = null;
        return answer;
      } catch (error) {
        // A definite no ends the intention; an unknown outcome keeps its key for the next press.
        if (!(error instanceof Problem && error.outcomeUnknown)) intention.current = null;
        throw error;
      }
    },
    onSuccess: async (answer, wish) => {
      const stale = options.invalidates?.(answer, wish) ?? [];
      await Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })));
      options.onDone?.(answer, wish);
    },
  });
}
