using System.Collections.Frozen;

namespace Modular.Kernel.Access;

/// <summary>Every right there is. Narrow on purpose: a role is a set of these.</summary>
public static class Permissions
{
    public const string ContactsRead = "contacts.read";
    public const string ContactsEdit = "contacts.edit";
    public const string ContactsDelete = "contacts.delete";
    public const string ContactsImport = "contacts.import";
    public const string ContactsExport = "contacts.export";
    public const string ListsManage = "lists.manage";
    public const string CampaignsRead = "campaigns.read";
    public const string CampaignsEdit = "campaigns.edit";
    public const string CampaignsSend = "campaigns.send";
    public const string DeliveryRead = "delivery.read";
    public const string DeliveryManage = "delivery.manage";
    public const string SuppressionRead = "suppression.read";
    public const string SuppressionEdit = "suppression.edit";
    public const string AuditRead = "audit.read";
    public const string AuditExport = "audit.export";
    public const string UsersManage = "users.manage";
    public const string RolesManage = "roles.manage";
    public const string KeysManage = "keys.manage";
    public const string SecurityManage = "security.manage";
    public const string SettingsManage = "settings.manage";
    public const string PluginsRead = "plugins.read";
    public const string PluginsManage = "plugins.manage";
    public const string SupportGrant = "support.grant";

    /// <summary>An operator's, over the installation; no role of a tenant holds it, and no key.</summary>
    public const string InstallationManage = "installation.manage";

    /// <summary>What a tenant's roles and keys are made of, in the order people read them, each with one sentence that says what it lets them do.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> Described =
    [
        (ContactsRead, "See contacts, lists, segments and imports."),
        (ContactsEdit, "Add and change contacts, and put them on lists."),
        (ContactsDelete, "Delete contacts."),
        (ContactsImport, "Import contacts, by file, drop folder or plugin."),
        (ContactsExport, "Take contacts out of the suite."),
        (ListsManage, "Make, rename and delete lists and segments."),
        (CampaignsRead, "See campaigns, templates and their analysis."),
        (CampaignsEdit, "Write campaigns and templates."),
        (CampaignsSend, "Send, pause, resume and cancel campaigns."),
        (DeliveryRead, "See the message log, the queue and the sending domains."),
        (DeliveryManage, "Change sending domains and routes, pause and retry mail."),
        (SuppressionRead, "See who must not be mailed, and why."),
        (SuppressionEdit, "Add suppressions, and lift those that may be lifted."),
        (AuditRead, "Read the audit trail."),
        (AuditExport, "Take the audit trail out of the suite."),
        (UsersManage, "Invite people, give them roles no greater than their own, and remove them."),
        (RolesManage, "Make and change roles, out of permissions they hold themselves."),
        (KeysManage, "Make and revoke API keys and SMTP credentials."),
        (SecurityManage, "Change the rules for passwords, factors, sessions and networks."),
        (SettingsManage, "Change the tenant's own settings."),
        (PluginsRead, "See which plugins there are and how they do."),
        (PluginsManage, "Set up plugins and webhooks."),
        (SupportGrant, "Let the installation's operators in, for a limited time."),
    ];

    public static readonly IReadOnlySet<string> All = Described.Select(p => p.Name).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What a role that is limited to some lists or sending domains can hold: every door to these is narrowed, or says that it cannot be. All others are the whole tenant's.</summary>
    public static readonly IReadOnlySet<string> Narrowable = FrozenSet.Create(StringComparer.Ordinal,
        ContactsRead, ContactsEdit, ContactsDelete, ContactsImport, ContactsExport, ListsManage, CampaignsRead, CampaignsEdit, CampaignsSend, DeliveryRead, DeliveryManage);
}
