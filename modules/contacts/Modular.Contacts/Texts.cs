namespace Modular.Contacts;

/// <summary>Names this module's texts: <c>Texts.resx</c> beside it.</summary>
internal sealed class Texts;
