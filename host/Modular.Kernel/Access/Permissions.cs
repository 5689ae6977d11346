namespace Modular.Kernel.Access;

/// <summary>Every right there is. Narrow on purpose: a role is a set of these.</summary>
public static class Permissions
{
    public const string ContactsRead = "contacts.read";
    public const string ContactsEdit = "contacts.edit";
    public const string ContactsImport = "contacts.import";
    public const string ContactsExport = "contacts.export";
    public const string CampaignsRead = "campaigns.read";
    public const string CampaignsEdit = "campaigns.edit";
    public const string CampaignsSend = "campaigns.send";
    public const string DeliveryRead = "delivery.read";
    public const string DeliveryManage = "delivery.manage";
    public const string SuppressionRead = "suppression.read";
    public const string SuppressionEdit = "suppression.edit";
    public const string AuditRead = "audit.read";
    public const string UsersManage = "users.manage";
    public const string KeysManage = "keys.manage";
    public const string SettingsManage = "settings.manage";

    public static readonly IReadOnlySet<string> All = new HashSet<string>(StringComparer.Ordinal)
    {
        ContactsRead, ContactsEdit, ContactsImport, ContactsExport, CampaignsRead, CampaignsEdit, CampaignsSend, DeliveryRead, DeliveryManage,
        SuppressionRead, SuppressionEdit, AuditRead, UsersManage, KeysManage, SettingsManage,
    };
}
