namespace Modular.Compliance.Suppressing;

internal static class Addresses
{
    /// <summary>All of them, or the first that is none.</summary>
    public static Result<IReadOnlyList<EmailAddress>> Parse(IReadOnlyList<string> texts)
    {
        var addresses = new List<EmailAddress>(texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            if (!EmailAddress.TryParse(texts[i], out var address, out var reason)) return new BadAddress(i, reason);
            addresses.Add(address);
        }
        return addresses;
    }
}
