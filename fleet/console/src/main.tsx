import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./styles.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { API, ApiError } from "./api/client";
import { startI18n } from "./i18n";
import { WordsProvider } from "./i18n/words";
import { LiveContext } from "./live/hooks";
import { LiveStore } from "./live/store";
import { makeRouter } from "./routes";
import { theme } from "./theme";

function makeClient(): QueryClient {
  const again = (count: number, error: Error) => !(error instanceof ApiError && error.status > 0) && count < 3;
  return new QueryClient({ defaultOptions: { queries: { retry: again, refetchOnWindowFocus: true } } });
}

function makeStore(client: QueryClient): LiveStore {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const store = new LiveStore(`${scheme}://${location.host}${API}/stream`);
  store.onSnapshot = () => void client.invalidateQueries();
  store.start();
  return store;
}

async function main(): Promise<void> {
  await startI18n();
  const client = makeClient();
  const store = makeStore(client);
  const router = makeRouter();
  createRoot(document.getElementById("root") as HTMLElement).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <LiveContext value={store}>
            <WordsProvider>
              <Notifications position="bottom-center" limit={3} />
              <RouterProvider router={router} />
            </WordsProvider>
          </LiveContext>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

void main();
