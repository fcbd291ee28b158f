import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiError, del, post } from "../api/client";
import type { ControlAnswer, ErrorBody } from "../api/types";

const SHOWN_MS = 6000;

/** Who is at this screen, until there is sign-in: the name that was last given. */
export const NAME_KEY = "cityfleet-name";
/** The longest that the orchestrator takes. */
export const NAME_CHARS_MAX = 100;
export const REASON_CHARS_MAX = 500;

export function operatorName(): string {
  return localStorage.getItem(NAME_KEY) ?? "console";
}

export type Command = (path: string, body?: Record<string, unknown>, method?: "post" | "delete") => Promise<boolean>;

/** Sends a command and says what came of it. True when it was accepted. */
export function useCommand(): Command {
  const { t } = useTranslation();
  const client = useQueryClient();
  return async (path, body = {}, method = "post") => {
    try {
      const said = { by: operatorName(), ...body };
      const answer = method === "post" ? await post<ControlAnswer>(path, said) : await del<ControlAnswer>(path, texts(said));
      const pending = answer.pending?.length ? t("robot.pending", { robots: answer.pending.join(", ") }) : "";
      const message = [answer.because, pending].filter(Boolean).join(" · ");
      notifications.show({ message: message || t("mission.sent"), autoClose: SHOWN_MS, withBorder: true });
      void client.invalidateQueries();
      return true;
    } catch (error) {
      showError(t("error.title"), bodyOf(error, t("error.NO_ANSWER"), t("error.noAnswerHint")));
      return false;
    }
  };
}

function texts(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

function showError(title: string, body: ErrorBody): void {
  notifications.show({
    title,
    message: [body.message, body.hint].filter(Boolean).join(" "),
    color: "red",
    autoClose: 2 * SHOWN_MS,
    withBorder: true,
    role: "alert",
  });
}

/** What to show for a failed request: the orchestrator's own words, or ours when it did not answer. */
export function bodyOf(error: unknown, noAnswer: string, noAnswerHint: string): ErrorBody {
  const made = { code: "", message: String(error), field: "", hint: "", vetoes: {} };
  if (!(error instanceof ApiError)) return made;
  if (error.status === 0) return { ...made, code: "NO_ANSWER", message: noAnswer, hint: noAnswerHint };
  return error.body;
}
