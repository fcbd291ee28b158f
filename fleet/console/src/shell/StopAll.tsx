import { Button, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconHandStop } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../parts/command";
import { ReasonForm } from "../parts/ReasonForm";

/** Halts every robot. Asks for the reason, for others must know it before they resume. */
export function StopAll(): ReactNode {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button color="red.8" size="xs" leftSection={<IconHandStop size={15} />} onClick={open} miw="max-content" px="xs">
        {t("top.stopAll")}
      </Button>
      <Modal opened={opened} onClose={close} title={t("stop.title")} centered>
        <StopForm onDone={close} />
      </Modal>
    </>
  );
}

function StopForm({ onDone }: { onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const command = useCommand();
  return (
    <ReasonForm
      what={
        <Text size="sm" mb="md">
          {t("stop.what")}
        </Text>
      }
      label={t("stop.reason")}
      hint={t("stop.reasonHint")}
      needed={t("stop.reasonNeeded")}
      confirm={t("stop.confirm")}
      onConfirm={(because) => command("/fleet/stop-all", { because })}
      onDone={onDone}
    />
  );
}
