namespace Modular.Delivery.Queue;

internal static class SuppressionInWords
{
    extension(Suppression entry)
    {
        /// <summary>For the ledger: <c>complaint, spam report from example.com</c>.</summary>
        public string InWords() => (entry.Reason switch
        {
            SuppressionReason.Complaint => "reported our mail as spam",
            SuppressionReason.Unsubscribed => "unsubscribed",
            SuppressionReason.HardBounce => "bounced before",
            _ => "on the suppression list",
        }) + (entry.Source.Length > 0 ? " (" + entry.Source + ")" : "");
    }
}
