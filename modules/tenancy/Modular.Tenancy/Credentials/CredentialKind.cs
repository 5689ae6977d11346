namespace Modular.Tenancy.Credentials;

/// <summary>What tells one kind of credential from another: where its rows are, and what its parts are called.</summary>
/// <param name="Table">One row for each credential.</param>
/// <param name="Id">Its key, in both tables.</param>
/// <param name="Scope">The column that says what it is confined to, in words with one blank between.</param>
/// <param name="Secrets">One row for each secret: the one in force, and the one before for as long as it stays good.</param>
/// <param name="Label">The column by which a secret is recognised, and which is no secret.</param>
internal sealed record CredentialKind(string Table, string Id, string Scope, string Secrets, string Label)
{
    /// <summary>As in <c>key create</c>.</summary>
    public required string Command { get; init; }

    /// <summary>As in <c>an API key</c>.</summary>
    public required string Noun { get; init; }

    /// <summary>A name that says what uses it.</summary>
    public required string Example { get; init; }

    /// <summary>The first word of its deeds.</summary>
    public required string Deed { get; init; }

    /// <summary>In programs: the label.</summary>
    public required string LabelWord { get; init; }

    /// <summary>In programs: the secret.</summary>
    public required string SecretWord { get; init; }

    /// <summary>What one is confined to when nothing is said on the command line.</summary>
    public required IReadOnlyCollection<string> UsualScope { get; init; }

    /// <summary>Whether the program needs the label beside the secret.</summary>
    public bool IsPair { get; init; }

    /// <summary>As programs read it.</summary>
    public IReadOnlyDictionary<string, object?> Json(ListedCredential c) => new Dictionary<string, object?>
    {
        ["name"] = c.Name,
        [LabelWord] = c.Label,
        [Scope] = Words(c.Scope),
        ["networks"] = Words(c.Networks),
        ["createdAt"] = c.CreatedAt,
        ["expiresAt"] = c.ExpiresAt,
        ["lastUsedAt"] = c.LastUsedAt,
        ["old"] = c.OldLabel is null ? null : new Dictionary<string, object?> { [LabelWord] = c.OldLabel, ["endsAt"] = c.OldEndsAt, ["lastUsedAt"] = c.OldLastUsedAt },
    };

    /// <summary>With the secret, this once.</summary>
    public IReadOnlyDictionary<string, object?> Json(NewCredential made) => new Dictionary<string, object?>
    {
        ["name"] = made.Name,
        [LabelWord] = made.Label,
        [SecretWord] = made.Secret,
        ["expiresAt"] = made.ExpiresAt,
        ["oldEndsAt"] = made.OldEndsAt,
    };

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A register says its kind without being made: commands have their names before there is a database.</summary>
internal interface IOfKind
{
    static abstract CredentialKind OfKind { get; }
}
