"""Tables of people and buckets."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from narrative.database import Base


class Person(Base):
    """Somebody of the company. `session_epoch` rises to end every session at once; nothing says when
    a person was last here, because that would help to guess who asked."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("role IN ('employee', 'leader', 'organiser')", name="role"),
        Index("ix_people_name", "name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[str] = mapped_column(String(20), default="employee")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    session_epoch: Mapped[int] = mapped_column(default=0)
    deactivated_at: Mapped[datetime | None]


class SignInLink(Base):
    """A one-time link: an invitation, or a way in without a password. Only its hash is kept."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    expires_at: Mapped[datetime]


class SignInTries(Base):
    """How often somebody tried to sign in lately, by the hash of an address or an account."""

    __tablename__ = "sign_in_tries"

    subject_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_began_at: Mapped[datetime]
    tries: Mapped[int]


class Bucket(Base):
    """A part of the organisation that gets a narrative. Exactly one accountable owner."""

    __tablename__ = "buckets"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    archived_at: Mapped[datetime | None]

    owner: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    contributors: Mapped[list[Person]] = relationship(secondary="contributors", order_by=Person.name)


class Contributor(Base):
    """A person who writes in a bucket beside its owner."""

    __tablename__ = "contributors"

    bucket_id: Mapped[int] = mapped_column(ForeignKey("buckets.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
