using System.Text.Json;
using Modular.Plugins.Hosting;

namespace Modular.Host.Plugins;

/// <summary>A plugin's <c>plugin.json</c>.</summary>
/// <param name="Name">Lower-case word, unique in the installation.</param>
/// <param name="Sdk">The SDK's version it was written for, as in <c>1.0</c>.</param>
/// <param name="Entry">The assembly with its sources, beside the manifest.</param>
internal sealed record PluginManifest(string Name, string Version, string Sdk, string Entry, IReadOnlyList<PluginSetting> Settings)
{
    public const string FileName = "plugin.json";
    private const int MaxBytes = 64 << 10;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="PluginRefused">It cannot be read, or says too little.</exception>
    public static PluginManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new PluginRefused(PluginState.Failed, $"{FileName} is larger than {MaxBytes} bytes.");
            var raw = JsonSerializer.Deserialize<Raw>(File.ReadAllBytes(path), Json) ?? new Raw(null, null, null, null, null);
            return new(
                Required(raw.Name, "name"), raw.Version ?? "", Required(raw.Sdk, "sdk"), FileOf(Required(raw.Entry, "entry")),
                [.. (raw.Settings ?? []).Select(s => new PluginSetting(Required(s.Name, "settings[].name"), s.Label ?? s.Name!, s.Hint ?? "", s.Required, s.Secret))]);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new PluginRefused(PluginState.Failed, $"{FileName} cannot be read: {e.Message}");
        }
    }

    /// <summary>The same major version, and a minor that is not newer than ours.</summary>
    public void RequireSdk(Version ours)
    {
        if (!System.Version.TryParse(Sdk, out var wanted) || wanted.Major != ours.Major || wanted.Minor > ours.Minor)
            throw new PluginRefused(PluginState.Incompatible, $"It was written for SDK {Sdk}; this host has {ours.Major}.{ours.Minor}.");
    }

    private static string Required(string? value, string name) =>
        !string.IsNullOrWhiteSpace(value) ? value : throw new PluginRefused(PluginState.Failed, $"{FileName} does not say '{name}'.");

    private static string FileOf(string entry) =>
        Path.GetFileName(entry) == entry ? entry : throw new PluginRefused(PluginState.Failed, $"{FileName} names the entry '{entry}': it must be a file beside it.");

    private sealed record Raw(string? Name, string? Version, string? Sdk, string? Entry, IReadOnlyList<RawSetting>? Settings);

    private sealed record RawSetting(string? Name, string? Label, string? Hint, bool Required, bool Secret);
}

/// <summary>Why a plugin is not active, in words for the operator.</summary>
internal sealed class PluginRefused(PluginState state, string reason, Exception? cause = null) : Exception(reason, cause)
{
    public PluginState State { get; } = state;
}
