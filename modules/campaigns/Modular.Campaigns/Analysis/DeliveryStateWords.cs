using Modular.Delivery;

namespace Modular.Campaigns.Analysis;

/// <summary>Delivery's states as words of REST, of filters in addresses, and of badges.</summary>
internal static class DeliveryStateWords
{
    public static string Word(this DeliveryState state) => state switch
    {
        DeliveryState.Queued => "queued",
        DeliveryState.Sending => "sending",
        DeliveryState.Delivered => "delivered",
        DeliveryState.Deferred => "deferred",
        DeliveryState.Bounced => "bounced",
        DeliveryState.Suppressed => "suppressed",
        DeliveryState.Skipped => "skipped",
        _ => "given_up",
    };

    /// <returns>Null for a word that is no state.</returns>
    public static DeliveryState? Find(string? word) =>
        Enum.GetValues<DeliveryState>().Where(s => s.Word() == word).Select(s => (DeliveryState?)s).FirstOrDefault();
}
