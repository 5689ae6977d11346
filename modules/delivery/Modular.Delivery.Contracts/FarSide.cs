namespace Modular.Delivery;

/// <summary>What the far side said, as people read it: most replies hold their enhanced status already, and it is not said twice.</summary>
internal static class FarSide
{
    public static string Words(string? status, string? reason) =>
        string.IsNullOrEmpty(reason) ? status ?? ""
        : status is null || reason.Contains(status, StringComparison.Ordinal) ? reason
        : $"{status} {reason}";
}
