import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { History, MissionDetail, Task } from "../api/types";
import { useWords } from "../i18n/words";
import { useNowS } from "../live/hooks";
import partsCss from "../parts/parts.module.css";
import { TaskTag } from "../parts/Tag";
import { Clock } from "../parts/Waiting";
import css from "./pages.module.css";

const SIGNS: Record<string, string> = { done: "✓", failed: "!", skipped: "–" };

/** The mission's steps in order, with times, phase, reason and what was measured. */
export function Steps({ tasks }: { tasks: readonly Task[] }): ReactNode {
  return (
    <ol className={css["steps"]}>
      {tasks.map((task) => (
        <Step key={task.seq} task={task} />
      ))}
    </ol>
  );
}

function Step({ task }: { task: Task }): ReactNode {
  const words = useWords();
  return (
    <li className={css["step"]} aria-current={task.state === "running" ? "step" : undefined}>
      <span className={css["knob"]} data-state={task.state} aria-hidden>
        {SIGNS[task.state]}
      </span>
      <div className={partsCss["line"]}>
        <span className={`${partsCss["grow"]} ${partsCss["title"]}`} style={{ whiteSpace: "normal" }}>
          {words.name(task.title, task.action)}
        </span>
        <TaskTag state={task.state} />
      </div>
      <StepFacts task={task} />
    </li>
  );
}

function StepFacts({ task }: { task: Task }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const results = Object.entries(task.result).filter(([key]) => key !== "image");
  return (
    <div className={partsCss["soft"]}>
      <div>
        {words.place(task.place)}
        {task.robot && <> · {task.robot}</>}
        {task.state === "running" && task.phase && (
          <>
            {" "}
            · {t("mission.phase")}: <strong>{words.term("phase", task.phase)}</strong>
          </>
        )}
      </div>
      <StepTimes task={task} />
      {task.because && <div>{task.because}</div>}
      {results.length > 0 && <div>{results.map(([key, value]) => `${key.replaceAll("_", " ")}: ${shown(value)}`).join(" · ")}</div>}
    </div>
  );
}

function shown(value: string | number): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
}

function StepTimes({ task }: { task: Task }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const nowS = useNowS();
  if (task.started_s === null) return null;
  const at = (atS: number) => words.clock(atS, nowS);
  const acting = task.acting_s !== null ? t("mission.acting", { at: at(task.acting_s) }) : t("mission.onWay");
  return (
    <div className="num">
      {at(task.started_s)}
      {task.ended_s !== null ? (
        <>
          {" – "}
          {at(task.ended_s)} · {t("mission.took", { time: words.duration(task.ended_s - task.started_s) })}
        </>
      ) : (
        <> · {acting}</>
      )}
    </div>
  );
}

/** The mission's story, the latest first. */
export function HistoryTable({ history, tasks }: { history: readonly History[]; tasks: readonly Task[] }): ReactNode {
  const words = useWords();
  const titles = (index: number | null | undefined) => (typeof index === "number" ? (tasks[index]?.title ?? {}) : {});
  const lines = history.map((line, index) => ({ line, index })).reverse();
  return (
    <table className={css["history"]}>
      <tbody>
        {lines.map(({ line, index }) => (
          <tr key={index}>
            <td>
              <Clock atS={line.at_s} />
            </td>
            <td>
              <strong>{words.term("history", line.what)}</strong> {words.name(titles(line.task), "")} {line.robot}
              {line.because && !Object.values(titles(line.task)).includes(line.because) && (
                <div className={partsCss["soft"]}>{line.what === "phase" ? words.term("phase", line.because) : line.because}</div>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Images({ mission }: { mission: MissionDetail }): ReactNode {
  const { t } = useTranslation();
  const images = mission.images ?? [];
  if (images.length === 0) return <span className={partsCss["soft"]}>{t("mission.noImages")}</span>;
  return (
    <div className={css["images"]}>
      {images.map((address, index) => (
        <a key={address} href={address} target="_blank" rel="noreferrer">
          <img src={address} alt={`${t("mission.images")} ${index + 1}`} loading="lazy" />
        </a>
      ))}
    </div>
  );
}
