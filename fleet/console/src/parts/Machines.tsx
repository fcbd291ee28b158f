import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMachines } from "../api/queries";
import type { Machine, Robot } from "../api/types";
import { useWords } from "../i18n/words";
import { curve, drawingOf } from "./machineLayout";
import css from "./machines.module.css";

/** The robot's state machines as drawings: activity, mode, and the skill that runs; the state it is in stands out. */
export function Machines({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const machines = useMachines().data ?? [];
  const find = (name: string) => machines.find((machine) => machine.name === name);
  const drawn: [title: string, machine: Machine | undefined, current: string][] = [
    [t("robot.activity"), find("activity"), robot.activity],
    [t("robot.mode"), find("mode"), robot.mode],
    [t("robot.skill"), find(robot.skill), robot.phase],
  ];
  return drawn.map(([title, machine, current]) =>
    machine ? <MachineDrawing key={machine.name} title={title} machine={machine} current={current} /> : null,
  );
}

function MachineDrawing({ title, machine, current }: { title: string; machine: Machine; current: string }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const drawing = useMemo(() => drawingOf(machine, (state) => words.term("phase", state)), [machine, words]);
  const name = words.term("action", machine.name);
  const label = t("robot.machineOf", { name, state: words.term("phase", current) });
  return (
    <figure className={css["machine"]}>
      <figcaption className={css["caption"]}>
        {title === name ? title : `${title}: ${name}`}
      </figcaption>
      <div className={css["scroll"]} tabIndex={0} role="group" aria-label={label}>
        <svg width={drawing.width} height={drawing.height} viewBox={`0 0 ${drawing.width} ${drawing.height}`} role="img" aria-label={label}>
          <defs>
            <marker id={`head-${machine.name}`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto-start-reverse">
              <path className={css["head"]} d="M0 0.6L8 4L0 7.4Z" />
            </marker>
          </defs>
          {drawing.arrows.map((arrow) => (
            <path key={`${arrow.from} ${arrow.to}`} className={css["arrow"]} data-current={arrow.from === current} d={curve(arrow.points)} markerEnd={`url(#head-${machine.name})`}>
              <title>{arrow.triggers.map((trigger) => trigger.replaceAll("_", " ")).join(", ")}</title>
            </path>
          ))}
          {drawing.boxes.map((box) => (
            <g key={box.state} data-state={box.state} data-current={box.state === current}>
              <rect className={css["box"]} data-current={box.state === current} x={box.x - box.width / 2} y={box.y - box.height / 2} width={box.width} height={box.height} rx={5} />
              <text className={css["word"]} data-current={box.state === current} x={box.x} y={box.y}>
                {words.term("phase", box.state)}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </figure>
  );
}
