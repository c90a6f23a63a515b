"""The models of the site, which Django finds here: the table of contents, in the order of the menu. Each subject has its own folder."""

# isort: off
from .page.base import SitePage
from .home.models import HomeActivity, HomeDoor, HomePage
from .work.models import JobOfferPage
from .work.page import EmploymentWay, JobsPage, PlatformPost, Prescriber
from .services.models import BuyersPage, Comparison, Reason, ServicePage, ServicesIndexPage, ServiceTask
from .neighbourhood.models import NeighbourhoodPage, ParticipationWay
from .news.models import NewsIndexPage, NewsPage
from .agenda.models import EventDate, EventIndexPage, EventPage
from .about.models import AboutPage
from .about.parts import (
    AddedMission,
    CharterTheme,
    FiguresPage,
    Finding,
    HistoryPage,
    Milestone,
    MissionPage,
    NetworkPage,
    Partner,
    Statement,
    Strength,
    StrengthsPage,
    VocationPage,
)
from .contact.models import Message, MessageCount
from .contact.page import ContactPage
from .legal.models import LegalPage
from .free.models import StandardPage
from .versions.simple import SimplePage
from .versions.languages import LanguagePage
from .organisation.models import Organisation, SocialLink
from .organisation.recipients import Recipient
from .districts.models import District
from .figures.models import FigureValue, KeyFigure
from .glossary.models import GlossaryTerm
from .media.models import Rendition, SiteDocument, SiteImage
from .search.models import IndexUpdate, SearchWord, UnknownWord
