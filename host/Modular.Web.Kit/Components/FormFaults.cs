using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>Faults of the form as a whole (model state without a field), above its fields. Says nothing when there are none.</summary>
[HtmlTargetElement("form-faults", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class FormFaults : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (!ViewContext.ModelState.TryGetValue("", out var whole) || whole.Errors.Count is 0)
        {
            output.SuppressOutput();
            return;
        }
        output.Become("div", "notice bad");
        output.Attributes.SetAttribute("role", "alert");
        output.Content.SetHtmlContent(Markup.Of(
            $"""{Icon.Of("fault")}<div>{Markup.Join(whole.Errors.Select(error => Markup.Of($"<p>{error.ErrorMessage}</p>")))}</div>"""));
    }
}
