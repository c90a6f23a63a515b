from .about import (
    AboutPage,
    AddedMission,
    CharterTheme,
    FiguresPage,
    Finding,
    HistoryPage,
    Milestone,
    MissionPage,
    NetworkPage,
    Statement,
    Strength,
    StrengthsPage,
    VocationPage,
)
from .home import HomeActivity, HomeDoor, HomePage, StandardPage
from .media import Rendition, SiteDocument, SiteImage
from .site import District, FigureValue, KeyFigure, Organisation, SocialLink
