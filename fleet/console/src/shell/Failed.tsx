import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useRouteError } from "react-router";
import { Empty } from "../parts/Empty";

/** A page that broke: the rest of the console goes on. */
export function Failed(): ReactNode {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <Empty title={t("error.title")} hint={error instanceof Error ? error.message : String(error)}>
      <p>
        <Button size="xs" variant="default" onClick={() => window.location.reload()}>
          {t("common.retry")}
        </Button>
      </p>
    </Empty>
  );
}

export function NotFound(): ReactNode {
  const { t } = useTranslation();
  return (
    <Empty title={t("error.notFound")}>
      <p>
        <Link to="/operations">{t("error.home")}</Link>
      </p>
    </Empty>
  );
}
