using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>
/// <c>&lt;form-field for="Input.Subject" label="Subject" hint="…" /&gt;</c>: label, control, hint, and the fault beside it, from the model's
/// state. Keeps what was typed; the first faulty field of the page takes the focus. Child content replaces the control.
/// </summary>
[HtmlTargetElement("form-field")]
public sealed class FormField(IHtmlGenerator html) : TagHelper
{
    private static readonly object FocusTaken = new();

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public required ModelExpression For { get; set; }

    public string? Label { get; set => field = value.OrNull(); }

    public string? Hint { get; set => field = value.OrNull(); }

    /// <summary>An input's type where the model's does not say: password, email, search, file.</summary>
    public string? Type { get; set => field = value.OrNull(); }

    /// <summary>Above zero: a text area of so many lines.</summary>
    public int Rows { get; set; }

    /// <summary>What is typed is read by a machine, letter by letter: code, keys, definitions.</summary>
    public bool Exact { get; set; }

    /// <summary>A select box of these.</summary>
    public IEnumerable<SelectListItem>? Options { get; set; }

    /// <summary>Words of the HTML autocomplete attribute: username, current-password, one-time-code.</summary>
    public string? Autocomplete { get; set => field = value.OrNull(); }

    /// <summary>The control is as wide as what goes into it: a number, a code.</summary>
    public bool Narrow { get; set; }

    /// <summary>Puts the focus here when no field is at fault.</summary>
    public bool Autofocus { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var own = await output.GetChildContentAsync();
        var faults = Faults();
        var id = TagBuilder.CreateSanitizedId(FullName, html.IdAttributeDotReplacement);
        var attributes = Attributes(id, faults.Count > 0);
        IHtmlContent control = own.IsEmptyOrWhiteSpace ? Control(attributes) : own;
        var isCheck = IsCheck && own.IsEmptyOrWhiteSpace;

        output.Become("div", $"field{(faults.Count > 0 ? " faulty" : "")}{(isCheck ? " check" : "")}{(Narrow ? " narrow" : "")}");
        var label = Markup.Of($"""<label for="{id}">{Label ?? For.Metadata.GetDisplayName()}</label>""");
        output.Content.SetHtmlContent(Markup.Of($"""
            {(isCheck ? control : label)}{(isCheck ? label : control)}{Markup.If(!string.IsNullOrEmpty(Hint), $"""<p class="hint" id="{id}-hint">{Hint}</p>""")}{Markup.If(faults.Count > 0, $"""<p class="fault" id="{id}-fault">{Icon.Of("fault")}{string.Join(' ', faults)}</p>""")}
            """));
    }

    private string FullName => ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);

    private bool IsCheck => For.ModelExplorer.ModelType == typeof(bool) && Options is null;

    private List<string> Faults() =>
        ViewContext.ModelState.TryGetValue(FullName, out var entry) && entry.ValidationState is ModelValidationState.Invalid
            ? [.. entry.Errors.Select(error => error.ErrorMessage)]
            : [];

    private Dictionary<string, object?> Attributes(string id, bool faulty)
    {
        var attributes = new Dictionary<string, object?>();
        var described = string.Join(' ', new[] { faulty ? id + "-fault" : null, string.IsNullOrEmpty(Hint) ? null : id + "-hint" }.OfType<string>());
        if (described.Length > 0) attributes["aria-describedby"] = described;
        if (faulty) attributes["aria-invalid"] = "true";
        if (Exact) (attributes["class"], attributes["spellcheck"]) = ("exact", "false");
        if (Autocomplete is not null) attributes["autocomplete"] = Autocomplete;
        var items = ViewContext.HttpContext.Items;
        if ((faulty || (Autofocus && ViewContext.ModelState.ErrorCount is 0)) && items.TryAdd(FocusTaken, true)) attributes["autofocus"] = "autofocus";
        return attributes;
    }

    private TagBuilder Control(Dictionary<string, object?> attributes)
    {
        var model = For.ModelExplorer;
        if (Options is not null)
            return html.GenerateSelect(ViewContext, model, optionLabel: null, For.Name, Options, allowMultiple: false, attributes);
        if (IsCheck)
            return html.GenerateCheckBox(ViewContext, model, For.Name, model.Model as bool?, attributes);
        if (Rows > 0)
            return html.GenerateTextArea(ViewContext, model, For.Name, Rows, columns: 0, attributes);
        var type = Type ?? (For.Metadata.DataTypeName is "Password" ? "password" : For.Metadata.DataTypeName is "EmailAddress" ? "email" : "text");
        if (type is "password")
            return html.GeneratePassword(ViewContext, model, For.Name, value: null, attributes);
        attributes["type"] = type;
        return html.GenerateTextBox(ViewContext, model, For.Name, model.Model, For.Metadata.EditFormatString, attributes);
    }
}
