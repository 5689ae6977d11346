using System.Diagnostics.CodeAnalysis;

namespace Modular.Compliance.Suppressing;

/// <summary>The reasons as REST and addresses write them.</summary>
internal static class SuppressionWords
{
    private static readonly (SuppressionReason Reason, string Word)[] Words =
    [
        (SuppressionReason.Complaint, "complaint"),
        (SuppressionReason.Unsubscribed, "unsubscribed"),
        (SuppressionReason.HardBounce, "hard_bounce"),
        (SuppressionReason.Manual, "manual"),
    ];

    /// <summary>The gravest first.</summary>
    public static IEnumerable<string> All => Words.Select(w => w.Word);

    extension(SuppressionReason reason)
    {
        public string Word => Array.Find(Words, w => w.Reason == reason).Word;
    }

    public static bool TryParse([NotNullWhen(true)] string? word, out SuppressionReason reason)
    {
        var found = Array.FindIndex(Words, w => w.Word == word);
        reason = found < 0 ? default : Words[found].Reason;
        return found >= 0;
    }
}
