namespace Modular.Campaigns.Composing;

/// <summary>Addresses that we make for each recipient. Their names are reserved among merge tags.</summary>
internal enum SystemLink
{
    Unsubscribe,
    Preferences,
    View,
}

internal static class SystemLinks
{
    extension(SystemLink)
    {
        public static IReadOnlyList<string> Names => ["unsubscribe_url", "preferences_url", "view_url"];

        public static SystemLink? Find(string name) => name switch
        {
            "unsubscribe_url" => SystemLink.Unsubscribe,
            "preferences_url" => SystemLink.Preferences,
            "view_url" => SystemLink.View,
            _ => null,
        };
    }
}
