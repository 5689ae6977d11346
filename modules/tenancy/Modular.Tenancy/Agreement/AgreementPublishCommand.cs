using Modular.Tenancy.Users;

namespace Modular.Tenancy.Agreement;

internal sealed class AgreementPublishCommand(AgreementBook book) : ICommand
{
    public string Name => "agreement publish";

    public string Usage => "FILE";

    public string Summary => "Publish a new version of the licence agreement; everyone accepts it before working on";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var path]) return line.Refuse(this, "name one file of plain text");
        if (!File.Exists(path)) return line.Refuse(this, $"there is no file {path}");
        var text = (await File.ReadAllTextAsync(path, ct)).ReplaceLineEndings("\n").Trim();
        if (text.Length is 0 or > AgreementBook.LongestText) return line.Fail(new BadAgreement());
        line.Out.WriteLine($"Version {await book.PublishAsync(text, Prompted.Actor, ct)} is in force.");
        return 0;
    }
}

internal sealed record BadAgreement() : Fault($"The agreement has 1 to {AgreementBook.LongestText:N0} characters.");
