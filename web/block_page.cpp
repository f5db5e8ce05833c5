#include "web/block_page.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "dns/name.h"
#include "web/html.h"

namespace schoolgate::web {
namespace {

constexpr unsigned kForbidden = 403;
constexpr std::string_view kKeptClosed = "Your school keeps it closed here.";

// The name of a Host field, in presentation form; absent for an address, for nothing, and for what no DNS name can be.
std::optional<std::string> asked_name(std::string_view host) {
  if (host.starts_with('[')) return std::nullopt;
  host = host.substr(0, host.rfind(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || base::IpAddress::parse(host)) return std::nullopt;
  const auto name = dns::Name::parse(host);
  if (!name || name->is_root()) return std::nullopt;
  return name->lowered().to_text();
}

std::string heading(std::string_view text) { return fmt::format("<h1>{}</h1>\n", text); }

std::string asked_for(std::string_view name, std::string_view then) {
  return fmt::format("<p>This device asked for <strong>{}</strong>. {}</p>\n", escape_html(name), then);
}

std::string why(std::string_view label, std::string_view title, std::string_view meaning) {
  return fmt::format("<div class=\"why\"><p><small>{}</small><b>{}</b></p><p>{}</p></div>\n", label, escape_html(title),
                     escape_html(meaning));
}

std::string help_line(const lists::HelpResource& help) {
  const std::string how = escape_html(help.how);
  constexpr std::string_view kHttps = "https://";
  const std::string reach = help.how.starts_with(kHttps) ? fmt::format("<a href=\"{}\" rel=\"noreferrer\">{}</a>", how,
                                                                       how.substr(kHttps.size()))
                                                         : how;
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escape_html(help.name), reach);
}

std::string help_section(const std::vector<lists::HelpResource>& help) {
  if (help.empty()) return "";
  std::string lines;
  for (const auto& resource : help) lines += help_line(resource);
  return fmt::format("<h2>Someone to talk to</h2>\n<dl>{}</dl>\n", lines);
}

std::string paragraph(std::string_view text) {
  return text.empty() ? "" : fmt::format("<p>{}</p>\n", escape_html(text));
}

std::string next_section(std::string_view advice, std::string_view tell) {
  return fmt::format(
      "<h2>What you can do next</h2>\n{}<ul>\n"
      "<li>Need it for a lesson? Ask a teacher.</li>\n"
      "<li>Did not mean to open it? Links, adverts and apps ask for names by themselves. You can just go back.</li>\n"
      "<li>Think this is wrong? It may be. Tell a teacher or the school’s technician {}; they can look into it.</li>\n"
      "</ul>\n",
      paragraph(advice), tell);
}

Response general_page() {
  return html_page(kForbidden, "The school’s block page",
                   heading("This is the school’s block page") +
                       "<p>When this device asks for a name that is not open to it at school, it is sent here instead, "
                       "and this page says why.</p>\n"
                       "<p>There is nothing to do now. If you were looking for something and landed here, tell a "
                       "teacher or the school’s technician what you were trying to reach.</p>\n");
}

Response allowed_page(const std::string& name) {
  return html_page(kForbidden, "Open now",
                   heading("Good news: this is open now") + asked_for(name, "It is allowed on this device.") +
                       "<p>Please wait a minute, then reload. If you still land here, close the browser and open it "
                       "again: it may remember the old answer for a while.</p>\n");
}

Response unexplained_page(const std::string& name) {
  return html_page(kForbidden, "Not open on this device",
                   heading("This is not open on this device") + asked_for(name, "The filter cannot say why just now.") +
                       next_section("", "which name you were looking for"));
}

// The name is not repeated: what is on such a list is shown to nobody, and neither is the list.
Response locked_page(const lists::Category& category) {
  return html_page(kForbidden, "Closed for everyone",
                   heading("This is closed for everyone") +
                       "<p>What this device asked for is known for illegal content. It stays closed on every device, "
                       "for pupils and for staff.</p>\n"
                       "<p>If you did not look for it, you have done nothing wrong.</p>\n" +
                       paragraph(category.advice) + help_section(category.help));
}

Response category_page(const std::string& name, const lists::Category& category, std::string_view then) {
  const std::string help = help_section(category.help);
  constexpr std::string_view kTell = "the name and the reason above";
  return html_page(kForbidden, "Not open on this device",
                   heading("This is not open on this device") + asked_for(name, then) +
                       why("The reason", category.name, category.meaning) +
                       // Where somebody may be in need, help comes before everything else.
                       (category.alert ? paragraph(category.advice) + help + next_section("", kTell)
                                       : next_section(category.advice, kTell) + help));
}

// The name itself is open, and where it leads is not. Or it was opened a moment ago: nobody can tell which before the
// name is asked for again.
Response led_on_page(const std::string& name, const lists::Category* category) {
  constexpr std::string_view kLeads =
      "It is closed because of where it leads: to another name that your school keeps closed here. If it was opened "
      "just now, wait a minute, then reload.";
  if (category != nullptr) {
    return category->tag.locked ? locked_page(*category) : category_page(name, *category, kLeads);
  }
  return html_page(
      kForbidden, "Not open on this device",
      heading("This is not open on this device") + asked_for(name, kLeads) + next_section("", "the name above"));
}

// Who may be in need of help is offered it, whichever rule closed the name.
const lists::Category* worrying_category(const lists::Taxonomy& taxonomy, const policy::CheckReport& report) {
  for (const std::string& tag : report.tags) {
    const lists::Category* category = taxonomy.find(tag);
    if (category != nullptr && category->alert && !category->tag.locked) return category;
  }
  return nullptr;
}

Response rule_page(const std::string& name, const policy::CheckReport& report) {
  const auto decided = std::find_if(report.chain.begin(), report.chain.end(),
                                    [](const policy::CheckStep& step) { return step.outcome == "blocks"; });
  const bool by_otherwise = decided != report.chain.end() && decided->step == to_text(policy::Step::kOtherwise);
  const std::string reason =
      by_otherwise ? why("The reason", "Only chosen names are open here",
                         "On this device just now, only names that the school has picked can be reached.")
                   : why("The reason", "A rule of your school", "The school has closed this name itself.");
  return html_page(kForbidden, "Not open on this device",
                   heading("This is not open on this device") + asked_for(name, kKeptClosed) + reason +
                       next_section("", "the name above"));
}

}  // namespace

BlockPage::BlockPage(Service& service) : service_(service) {}

Response BlockPage::handle(const Request& request) {
  if (request.path == "/favicon.ico") return Response{404, "", {{"Cache-Control", "no-store"}}, ""};
  const auto name = asked_name(request.host);
  if (!name) return general_page();
  policy::CheckRequest question;
  question.name = *name;
  question.device = request.peer.address.to_text();
  const auto report = service_.check(question);
  if (!report) return unexplained_page(*name);
  if (report->verdict != "blocked") {
    const auto late = service_.find_late_block(request.peer.address, *name);
    // Blocked for a category that the name itself has: it was opened since.
    const bool leads = late && std::ranges::find(report->tags, *late) == report->tags.end();
    return leads ? led_on_page(*name, service_.taxonomy().find(*late)) : allowed_page(*name);
  }
  const lists::Category* category = service_.taxonomy().find(report->category);
  if (category == nullptr) category = worrying_category(service_.taxonomy(), *report);
  if (category == nullptr) return rule_page(*name, *report);
  return category->tag.locked ? locked_page(*category) : category_page(*name, *category, kKeptClosed);
}

Response BlockPage::refuse(unsigned status) {
  return html_page(
      status, reason_phrase(status),
      heading("That request did not work") +
          "<p>The browser or app sent something this page does not understand. Going back and trying again "
          "usually helps.</p>\n");
}

}  // namespace schoolgate::web
