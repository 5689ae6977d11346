namespace Modular.Plugins;

/// <summary>What one run of a source is given. There is no tenant in it: a plugin never learns whose data it reads.</summary>
public sealed class SourceContext
{
    /// <summary>What the customer entered, by the names of <c>plugin.json</c>'s settings. Secrets are here in clear: log none of them.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>
    /// The way out. It refuses private addresses, follows at most three redirects, uses no proxy, and bounds time and size. Making another
    /// <see cref="HttpClient"/> goes around all of that.
    /// </summary>
    public required HttpClient Http { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>
    /// A few short texts that the next run of the same import finds again, such as an ETag. Kept only when every row of this run was stored. At most
    /// 20 entries of 2,000 characters.
    /// </summary>
    public required IDictionary<string, string> State { get; init; }

    /// <summary>The plugin found that nothing changed since the last run: zero rows then do not mean an empty source.</summary>
    public bool IsUnchanged { get; private set; }

    /// <summary>Call it before ending without a row.</summary>
    public void ReportUnchanged() => IsUnchanged = true;

    /// <summary>The setting, which must be there and not be blank.</summary>
    /// <exception cref="SourceFaultException">It is missing.</exception>
    public string Required(string setting) =>
        Settings.TryGetValue(setting, out var value) && !string.IsNullOrWhiteSpace(value)
            ? value.Trim()
            : throw new SourceFaultException($"The setting '{setting}' is missing.", isTransient: false);
}
