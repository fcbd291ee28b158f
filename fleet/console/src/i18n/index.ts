import i18next from "i18next";
import LanguageDetector from "i18next-browser-languagedetector";
import { initReactI18next } from "react-i18next";
import en from "./en";
import zh from "./zh-CN";

export const LANGUAGES = [
  { code: "en", name: "English" },
  { code: "zh-CN", name: "简体中文" },
] as const;

/** The remembered language, else the browser's (any Chinese is zh-CN), else English. */
export async function startI18n(): Promise<void> {
  const known = LANGUAGES.map((language) => language.code as string);
  await i18next
    .use(LanguageDetector)
    .use(initReactI18next)
    .init({
      resources: { en: { translation: en }, "zh-CN": { translation: zh } },
      supportedLngs: known,
      fallbackLng: "en",
      detection: {
        order: ["localStorage", "navigator"],
        caches: ["localStorage"],
        lookupLocalStorage: "cityfleet-language",
        convertDetectedLanguage: (language) => (language.startsWith("zh") ? "zh-CN" : (language.split("-")[0] ?? "en")),
      },
      interpolation: { escapeValue: false },
    });
  document.documentElement.lang = i18next.language;
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
}
