"""The admin as staff find it: what is in its menu, and the forms of what is not a page."""

from datetime import timedelta

from django.db.models import Count, Min, Q
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet

from .forms import FigureValueForm, FigureValueFormSet, KeyFigureForm, OrganisationForm
from .inbox import inbox
from .links import OpenPageLinkHandler, closed_links
from .models import (
    District,
    DueRun,
    EventPage,
    GlossaryTerm,
    JobOfferPage,
    JobsPage,
    KeyFigure,
    LegalPage,
    Message,
    NewsPage,
    Organisation,
    OutgoingMail,
    Recipient,
    ServicePage,
)
from .page_admin import SitePageViewSet
from .subjects import Subject

ASLEEP = timedelta(minutes=15)  # without a pass of `run_due`: staff are told
NAMING = (NewsPage, EventPage, JobOfferPage)  # they name quartiers
UNUSED_MENU_ITEMS = {"snippets", "help"}  # each snippet has its own entry; Wagtail's help leaves for another host, in English


class SavedByHandMixin:
    """No autosave: what these forms save is live at once, and visitors would read half a phone number."""

    def setup(self, *args, **kwargs):
        super().setup(*args, **kwargs)
        self.autosave_enabled = False


class LiveCreateView(SavedByHandMixin, CreateView):
    pass


class LiveEditView(SavedByHandMixin, EditView):
    pass


class LiveViewSet(SnippetViewSet):
    """Things that every page reads, each with its own entry in the menu."""

    add_to_admin_menu = True
    copy_view_enabled = False
    add_view_class = LiveCreateView
    edit_view_class = LiveEditView


class FigureValuesPanel(InlinePanel):
    """The yearly values, with forms and messages of their own."""

    def get_form_options(self):
        options = super().get_form_options()
        options["formsets"][self.relation_name] |= {"form": FigureValueForm, "formset": FigureValueFormSet, "extra": 0}
        return options


@register_snippet
class KeyFigureViewSet(LiveViewSet):
    model = KeyFigure
    icon = "view"
    menu_label = "Chiffres clés"
    menu_order = 110
    list_display = [
        "label_plural",
        "shown",
        Column("on_home", label="Sur l’accueil", accessor=lambda figure: "oui" if figure.on_home else "non"),
    ]
    edit_handler = ObjectList(
        [
            FigureValuesPanel(
                "values",
                heading="Valeurs par année",
                label="valeur",
                panels=[FieldRowPanel([FieldPanel("year"), FieldPanel("number"), FieldPanel("source")])],
                help_text="Une ligne par année. La plus récente est montrée aux visiteurs. Sans valeur, le chiffre reste caché.",
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("label_singular"), FieldPanel("label_plural")]),
                    FieldPanel("explanation"),
                    FieldPanel("on_home"),
                    FieldPanel("since_year"),
                ],
                heading="Ce que compte ce chiffre",
            ),
        ],
        base_form_class=KeyFigureForm,
    )


class OrganisationIndexView(IndexView):
    """Opens the form of the one organisation instead of a list of one; makes the row if there is none yet."""

    def dispatch(self, request, *args, **kwargs):
        if not self.user_has_permission("change"):
            return super().dispatch(request, *args, **kwargs)
        organisation = Organisation.get()
        if not organisation.pk:
            organisation.save()
        return redirect(self.get_edit_url(organisation))


@register_snippet
class OrganisationViewSet(LiveViewSet):
    model = Organisation
    icon = "home"
    menu_label = "L’organisation"
    menu_order = 120
    index_view_class = OrganisationIndexView
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("notice"), FieldRowPanel([FieldPanel("notice_from"), FieldPanel("notice_until")])],
                heading="Annonce en haut de chaque page",
            ),
            MultiFieldPanel(
                ["phone", "email", "address", "map_url", "opening_hours", "directions"],
                heading="Joindre l’organisation",
            ),
            InlinePanel(
                "recipients",
                heading="Qui est prévenu des messages",
                label="personne",
                panels=[FieldRowPanel([FieldPanel("email"), FieldPanel("subject")])],
                help_text="Un e-mail part à chaque nouveau message, avec son sujet et un lien. Le message reste dans « Messages ».",
            ),
            MultiFieldPanel(
                ["name", "short_name", "founded", "legal_form", "siren", "rna", "vat_number", "publication_director", "photo_credits"],
                heading="Qui est l’organisation",
            ),
            MultiFieldPanel(
                ["host_name", "host_address", "host_phone", "hosting_country", "made_by"],
                heading="Qui héberge et qui a fait le site",
            ),
            MultiFieldPanel(["data_contact", "data_officer", "backups_kept", "logs_kept"], heading="Données personnelles"),
            MultiFieldPanel(
                [
                    "accessibility",
                    "audit_rate",
                    "audited_by",
                    "not_accessible",
                    "statement_date",
                    "test_tools",
                    "pages_tested",
                    "article_47",
                ],
                heading="Accessibilité du site",
            ),
            MultiFieldPanel([FieldPanel("network_name"), FieldPanel("network_url")], heading="Réseau national"),
            InlinePanel("social_links", heading="Réseaux sociaux", label="réseau social"),
        ],
        base_form_class=OrganisationForm,
    )


@register_snippet
class DistrictViewSet(LiveViewSet):
    model = District
    icon = "site"
    menu_label = "Quartiers"
    menu_order = 130
    list_display = ["name", Column("is_seat", label="Quartier du siège", accessor=lambda district: "oui" if district.is_seat else "")]
    panels = [FieldPanel("name"), FieldPanel("is_seat")]


@register_snippet
class GlossaryViewSet(LiveViewSet):
    model = GlossaryTerm
    icon = "help"
    menu_label = "Mots expliqués"
    menu_order = 140
    list_display = [
        "term",
        "definition",
        Column("where", label="Expliqué", accessor="get_where_display"),
    ]
    list_per_page = 100
    panels = [
        FieldPanel("term"),
        FieldPanel("definition"),
        FieldPanel("long_form"),
        FieldPanel("other_forms"),
        FieldPanel("where"),
    ]


class ToCompletePanel(Component):
    """On the admin's first screen: what is empty, what that does for visitors, and the way to the very field."""

    name = "to_complete"
    template_name = "staff/to_complete.html"
    order = 100

    def get_context_data(self, parent_context):
        edit_url = AdminURLFinder(parent_context["request"].user).get_edit_url
        missing = [
            {
                "url": edit_url(figure),
                "name": f"Chiffre clé « {figure} »",
                "effect": "ajoutez une valeur, avec son année. Les visiteurs ne voient pas ce chiffre.",
            }
            for figure in KeyFigure.objects.prefetch_related("values")
            if not figure.number and not figure.since_year
        ]
        organisation = Organisation.get()
        if parent_context["request"].user.has_perm("pages.change_organisation"):
            # The list makes the row where there is none yet, and leads to its form.
            url = (organisation.pk and edit_url(organisation)) or reverse("wagtailsnippets_pages_organisation:list")
            for name, effect in Organisation.WANTED.items():
                if not getattr(organisation, name):
                    label = capfirst(Organisation._meta.get_field(name).verbose_name)
                    missing.append({"url": f"{url}#id_{name}", "name": label, "effect": effect})
        missing += [
            {
                "url": edit_url(page),
                "name": f"« Comment poser sa candidature », sur « {page.title} »",
                "effect": "les visiteurs n’en lisent rien.",
            }
            for page in JobsPage.objects.filter(application="")
        ]
        missing += [
            {"url": edit_url(page), "name": f"« Ce que nous faisons », sur « {page.title} »", "effect": "aucun service n’est nommé."}
            for page in ServicePage.objects.filter(tasks=None)
        ]
        missing += [
            {"url": edit_url(page), "name": page.title, "effect": "à valider : lisez la page en ligne, puis écrivez ici la date."}
            for page in LegalPage.objects.filter(validated_on=None)
        ]
        missing += [
            {
                "url": edit_url(page),
                "name": f"Un lien sur « {page.title} »",
                "effect": f"il mène à « {closed.title} », qui n’est pas en ligne. Les visiteurs ne voient pas ce lien.",
            }
            for page, closed in closed_links()
        ]
        return {"missing": [item for item in missing if item["url"]]}


class MessagesPanel(Component):
    """First on the admin's first screen: messages that wait, and what keeps staff from hearing of them."""

    name = "messages"
    template_name = "staff/messages.html"
    order = 50

    def get_context_data(self, parent_context):
        is_new, is_doing = Q(status=Message.Status.NEW), Q(status=Message.Status.DOING)
        told = set(Recipient.objects.values_list("subject", flat=True))
        run, now = DueRun.objects.first(), timezone.now()
        index = reverse("message:index")
        return {
            **Message.objects.aggregate(
                new=Count("pk", filter=is_new), oldest=Min("created_at", filter=is_new), doing=Count("pk", filter=is_doing)
            ),
            "new_url": f"{index}?status={Message.Status.NEW}",
            "doing_url": f"{index}?status={Message.Status.DOING}",
            "list_url": index,
            "untold": [] if "" in told else [label for value, label in Subject.choices if value not in told],
            "add_recipient_url": f"{reverse('wagtailsnippets_pages_organisation:edit', args=[1])}#id_recipients-ADD",
            "stuck": OutgoingMail.objects.filter(tries__gt=0)[:5],
            "asleep": not run or not run.finished_at or run.finished_at < now - ASLEEP,
            "last_run": run and run.finished_at,
        }


@hooks.register("construct_homepage_panels")
def add_panels(request, panels):
    panels.append(ToCompletePanel())
    if request.user.has_perm("pages.change_message"):
        panels.append(MessagesPanel())


@hooks.register("register_rich_text_features", order=1)  # after Wagtail's own
def register_links(features):
    features.register_link_type(OpenPageLinkHandler)


@hooks.register("register_admin_viewset")
def register_inbox():
    return inbox


@hooks.register("register_admin_viewset")
def register_pages():
    return SitePageViewSet()


@hooks.register("construct_main_menu")
def hide_what_is_not_used(request, menu_items):
    menu_items[:] = [item for item in menu_items if item.name not in UNUSED_MENU_ITEMS]


@hooks.register("insert_global_admin_css")
def admin_style():
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("insert_global_admin_js")
def admin_script():
    return format_html('<script src="{}"></script>', static("js/admin.js"))


@hooks.register("before_delete_snippet")
def keep_named_districts(request, instances):
    """What names a deleted quartier would be shown as of all quartiers."""
    for district in instances:
        named = isinstance(district, District) and [page.title for model in NAMING for page in model.objects.filter(districts=district)[:3]]
        if named:
            messages.error(request, f"« {district} » reste : {', '.join(f'« {title} »' for title in named)} le nomme. Décochez-le d’abord.")
            return redirect("wagtailsnippets_pages_district:list")
    return None


@hooks.register("construct_settings_menu")
def hide_sites(request, menu_items):
    """The one site's address is SITE_URL's to say; Wagtail needs its application all the same."""
    menu_items[:] = [item for item in menu_items if item.name != "sites"]


@hooks.register("construct_page_action_menu")
def publish_first(menu_items, request, context):
    """The large button publishes, for who may: a saved draft that looked published has been forgotten before."""
    menu_items.sort(key=lambda item: item.name != "action-publish")
