/** The whole: theme, queries, session, and the pages the rooms have registered. */
import { MantineProvider } from "@mantine/core";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { createBrowserRouter, RouterProvider, type RouteObject } from "react-router";
import { Problem } from "@/api/problem";
import { SESSION_KEY } from "@/api/session";
import { rooms } from "@/rooms";
import { Entrance } from "@/entrance/Entrance";
import { BrokenPage, Waiting } from "@/entrance/pages";
import { theme, variables } from "@/theme";

function onProblem(error: Error): void {
  // The session has ended, here or elsewhere: the entrance shows the sign-in page and leads back afterwards.
  if (error instanceof Problem && error.signedOut) queries.setQueryData(SESSION_KEY, null);
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: onProblem }),
  mutationCache: new MutationCache({ onError: onProblem }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A definite no stays no; only a silence is asked again.
      retry: (count, error) => count < 3 && !(error instanceof Problem && !error.outcomeUnknown),
      retryDelay: (count) => Math.min(400 * 2 ** count, 5_000),
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

const open: RouteObject[] = rooms.flatMap((room) => room.open ?? []);
const inside: RouteObject[] = rooms.flatMap((room) => room.routes ?? []);

const router = createBrowserRouter([
  { errorElement: <BrokenPage />, hydrateFallbackElement: <Waiting />, children: open },
  {
    element: <Entrance />,
    errorElement: <BrokenPage />,
    hydrateFallbackElement: <Waiting />,
    children: [
      {
        // A page that breaks leaves the menu standing.
        errorElement: <BrokenPage />,
        children: [
          { index: true, lazy: async () => ({ Component: (await import("@/shell/StartPage")).StartPage }) },
          ...inside,
          { path: "*", lazy: async () => ({ Component: (await import("@/shell/pages")).NotFoundPage }) },
        ],
      },
    ],
  },
]);

export function App(): ReactNode {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
