"""What all tables share: their base class, the names of constraints, the column types of Python types."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

Json = sa.JSON(none_as_null=True)


class Table(DeclarativeBase):
    """Names every constraint, so that a migration can alter it by name."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: Json, list[Any]: Json, float: sa.Double()}
