"""Bodies about the versions of the site."""

from typing import Annotated

from pydantic import BaseModel, Field


class SiteVersionOut(BaseModel):
    hash: Annotated[str, Field(description="SHA-256 of all that the site says")]
    site: str
    first_used_s: float
    last_used_s: float
    starts: Annotated[int, Field(description="How often the orchestrator was started with it")]
    current: Annotated[bool, Field(description="The one that runs now")]


class SiteVersionDetail(SiteVersionOut):
    yaml: Annotated[str, Field(description="The site file")]
