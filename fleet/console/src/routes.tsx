import { createBrowserRouter, redirect } from "react-router";
import { Failed, NotFound } from "./shell/Failed";
import { Shell } from "./shell/Shell";

/** Each page is loaded when it is first shown; the first one is the map. */
export function makeRouter(): ReturnType<typeof createBrowserRouter> {
  return createBrowserRouter([
    {
      path: "/",
      element: <Shell />,
      errorElement: <Failed />,
      hydrateFallbackElement: <div />,
      children: [
        {
          errorElement: <Failed />,
          children: [
        { index: true, loader: () => redirect("/operations") },
        { path: "operations", lazy: async () => ({ Component: (await import("./pages/Operations")).Operations }) },
        { path: "missions", lazy: async () => ({ Component: (await import("./pages/Missions")).Missions }) },
        { path: "missions/:id", lazy: async () => ({ Component: (await import("./pages/MissionPage")).MissionPage }) },
        { path: "robots", lazy: async () => ({ Component: (await import("./pages/Robots")).Robots }) },
        { path: "robots/:id", lazy: async () => ({ Component: (await import("./pages/RobotPage")).RobotPage }) },
        { path: "alerts", lazy: async () => ({ Component: (await import("./pages/Alerts")).Alerts }) },
        { path: "*", element: <NotFound /> },
          ],
        },
      ],
    },
  ]);
}
