using Modular.Contacts;

namespace Modular.Campaigns.Composing;

/// <summary>What a template sees while it is written for one recipient: the values of one profile, and the place in a loop.</summary>
internal sealed class Scope
{
    /// <summary>Turns of all loops of one message, together.</summary>
    public const int MaxIterations = 10_000;

    private Profile _profile = null!; // set by Open before anything is written

    public RecipientLinks Links { get; private set; } = RecipientLinks.None;

    public string? Item { get; set; }

    public int Index { get; set; }

    public int Count { get; set; }

    public int Iterations { get; set; }

    public void Open(Profile profile, RecipientLinks links)
    {
        _profile = profile;
        Links = links;
        Iterations = 0;
        Item = null;
    }

    public object? Find(string name) => _profile.Fields.TryGetValue(name, out var value) ? value : name == "email" ? _profile.Email.Text : null;
}
