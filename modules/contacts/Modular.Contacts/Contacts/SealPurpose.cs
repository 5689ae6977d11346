namespace Modular.Contacts;

/// <summary>What contacts seals, and under which names.</summary>
internal static class SealPurpose
{
    /// <summary>A contact's profile, bound to the contact's id.</summary>
    public const string Profile = "contact.profile";

    /// <summary>An import schedule's settings, bound to the schedule's id.</summary>
    public const string ScheduleSettings = "contact.import-schedule";
}
