import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { API } from "../api/client";
import css from "./parts.module.css";
import { useWords } from "../i18n/words";

const PERIOD_MS = 500;
/** A picture that did not change for this long is marked as old. */
const OLD_MS = 5000;

interface Picture {
  url: string;
  changedMs: number;
}

/** The robot's latest camera picture, twice a second while it can be seen. */
export function Camera({ robot, available }: { robot: string; available: boolean }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const picture = usePicture(robot, box, available);
  const ageMs = picture ? performance.now() - picture.changedMs : 0;
  const old = ageMs > OLD_MS;
  return (
    <div ref={box} className={css["camera"]} data-old={old}>
      {picture ? <img src={picture.url} alt={t("robot.cameraOf", { robot })} /> : <span>{t("robot.noFrame")}</span>}
      {picture && old && <span className={css["stamp"]}>{t("robot.frameOld", { time: words.duration(ageMs / 1000) })}</span>}
    </div>
  );
}

function usePicture(robot: string, box: React.RefObject<HTMLDivElement | null>, available: boolean): Picture | null {
  const [picture, setPicture] = useState<Picture | null>(null);
  const visible = useVisible(box);
  const [, setBeat] = useState(0);
  useEffect(() => setPicture(null), [robot]);
  useEffect(() => {
    if (!visible || !available) return undefined;
    const abort = new AbortController();
    const seen = { tag: "", url: "" };
    const ask = async () => {
      const fresh = await fetchPicture(robot, seen, abort.signal);
      if (fresh && !abort.signal.aborted) setPicture(fresh);
      setBeat((beat) => beat + 1);
    };
    void ask();
    const timer = window.setInterval(() => void ask(), PERIOD_MS);
    return () => {
      abort.abort();
      window.clearInterval(timer);
      URL.revokeObjectURL(seen.url);
    };
  }, [robot, visible, available]);
  return picture;
}

/** The picture when it is another one than the last; null when there is none or it is the same. */
async function fetchPicture(robot: string, seen: { tag: string; url: string }, signal: AbortSignal): Promise<Picture | null> {
  try {
    const response = await fetch(`${API}/frames/${encodeURIComponent(robot)}/latest.jpg`, { signal, cache: "no-cache" });
    if (!response.ok) return null;
    const blob = await response.blob();
    const tag = response.headers.get("ETag") ?? (await fingerprint(blob));
    if (tag === seen.tag) return null;
    URL.revokeObjectURL(seen.url);
    Object.assign(seen, { tag, url: URL.createObjectURL(blob) });
    return { url: seen.url, changedMs: performance.now() };
  } catch {
    return null; // the connection banner says it; the old picture turns grey
  }
}

async function fingerprint(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let hash = bytes.length;
  for (let index = 0; index < bytes.length; index += 97) hash = (hash * 31 + (bytes[index] ?? 0)) | 0;
  return String(hash);
}

function useVisible(box: React.RefObject<HTMLElement | null>): boolean {
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
