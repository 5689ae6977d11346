namespace Modular.Contacts;

/// <summary>The words for a status, the same in SQL, REST and segments.</summary>
internal static class ContactStatusWords
{
    public static string Word(this ContactStatus status) => status switch
    {
        ContactStatus.Active => "active",
        ContactStatus.Bounced => "bounced",
        ContactStatus.Unsubscribed => "unsubscribed",
        _ => "complained",
    };

    public static ContactStatus? FromWord(string? word) => word switch
    {
        "active" => ContactStatus.Active,
        "bounced" => ContactStatus.Bounced,
        "unsubscribed" => ContactStatus.Unsubscribed,
        "complained" => ContactStatus.Complained,
        _ => null,
    };
}
