"""The errors of the missions package.

TemplateError   a template or a parameter is wrong: code, message, field, value, hint; nothing was entered
"""


class TemplateError(Exception):
    def __init__(
        self, code: str, message: str, *, field: str = "", value: object = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.value = value
        self.hint = hint
