using System.Globalization;

namespace Modular.Host.Demo;

/// <summary>One line for a long step: redrawn on a terminal, written at its start and end elsewhere.</summary>
internal sealed class ProgressBar(TextWriter to, bool isTerminal, string what)
{
    private const int Width = 32;
    private bool _hasBegun;

    public void Show(double share, string note)
    {
        if (isTerminal)
        {
            var filled = (int)Math.Round(Math.Clamp(share, 0, 1) * Width);
            to.Write(string.Create(CultureInfo.InvariantCulture, $"\r  {what,-24} {new string('█', filled)}{new string('░', Width - filled)} {share,4:P0}  {note,-44}"));
            to.Flush();
        }
        else if (!_hasBegun)
        {
            to.WriteLine($"  {what} …");
        }
        _hasBegun = true;
    }

    public void Done(string note)
    {
        if (isTerminal) to.WriteLine($"\r  {what,-24} {new string('█', Width)}  100%  {note,-44}");
        else to.WriteLine($"  {what}: {note}");
        to.Flush();
    }
}
