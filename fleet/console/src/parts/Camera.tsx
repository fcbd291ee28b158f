import { useEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { API } from "../api/client";
import type { Robot } from "../api/types";
import { useLink } from "../live/hooks";
import css from "./parts.module.css";

const PERIOD_MS = 500;

/** The robot's latest camera picture, twice a second while it can be seen. Grey when nobody hears the robot. */
export function Camera({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const link = useLink();
  const box = useRef<HTMLDivElement>(null);
  const heard = link.status === "live" && robot.online && !robot.lost;
  const url = usePicture(robot.id, box, robot.frame);
  return (
    <div ref={box} className={css["camera"]} data-old={!heard}>
      {url ? <img src={url} alt={t("robot.cameraOf", { robot: robot.id })} /> : <span>{t("robot.noFrame")}</span>}
      {url && !heard && <span className={css["stamp"]}>{t("robot.frameOld")}</span>}
    </div>
  );
}

function usePicture(robot: string, box: RefObject<HTMLDivElement | null>, available: boolean): string {
  const [url, setUrl] = useState("");
  const visible = useVisible(box);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  useEffect(() => setUrl(""), [robot]);
  useEffect(() => {
    if (!visible || !available) return undefined;
    const abort = new AbortController();
    let asking = false;
    const ask = async () => {
      if (asking) return; // a slow link gets fewer pictures, not a queue of them
      asking = true;
      const picture = await fetchPicture(robot, abort.signal);
      asking = false;
      if (picture && !abort.signal.aborted) setUrl(URL.createObjectURL(picture));
    };
    void ask();
    const timer = window.setInterval(() => void ask(), PERIOD_MS);
    return () => {
      abort.abort();
      window.clearInterval(timer);
    };
  }, [robot, visible, available]);
  return url;
}

/** null when there is none now: the old picture stays, and turns grey when the robot is not heard. */
async function fetchPicture(robot: string, signal: AbortSignal): Promise<Blob | null> {
  try {
    const response = await fetch(`${API}/frames/${encodeURIComponent(robot)}/latest.jpg`, { signal, cache: "no-cache" });
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}

function useVisible(box: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  const [shown, setShown] = useState(!document.hidden);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false));
    if (box.current) observer.observe(box.current);
    const onChange = () => setShown(!document.hidden);
    document.addEventListener("visibilitychange", onChange);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", onChange);
    };
  }, [box]);
  return seen && shown;
}
