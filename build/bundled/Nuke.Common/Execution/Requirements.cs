using System.Linq.Expressions;
using System.Reflection;
using Nuke.Common.Utilities;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Execution;

/// <summary>Checks, before anything runs, what the scheduled targets cannot do without.</summary>
internal static class Requirements
{
    public static void Validate(NukeBuild build, IReadOnlyCollection<ExecutableTarget> scheduled)
    {
        foreach (var (target, requirement) in scheduled.SelectMany(target => target.DelegateRequirements.Select(requirement => (target, requirement))))
        {
            if (requirement is Expression<Func<bool>> condition)
                Demand(condition.Compile()(), $"Target '{target.Name}' requires '{requirement.Body}'");
            else
                Demand(IsGiven(Members.Of(requirement), build, target.Name), $"Target '{target.Name}' requires member '{NameOf(Members.Of(requirement))}' to be not null or empty");
        }

        foreach (var (member, _) in ValueInjector.InjectedMembers(build.GetType()).Where(pair => pair.Member.IsDefined(typeof(RequiredAttribute))))
            Demand(IsGiven(member, build, targetName: null), $"Member '{NameOf(member)}' is required to be not null or empty");
    }

    private static void Demand(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }

    private static bool IsGiven(MemberInfo member, NukeBuild build, string targetName)
    {
        if (member.DeclaringType != build.GetType() && build.GetType().GetMember(member.Name) is [var own])
            member = own;

        var from = targetName is null ? string.Empty : $"from target '{targetName}' ";
        Demand(
            member.IsDefined(typeof(ValueInjectionAttributeBase)),
            $"Member '{NameOf(member)}' is required {from}but not marked with an injection attribute.");
        if (NukeBuild.Host is Terminal && member.IsDefined(typeof(ParameterAttribute)) && member is FieldInfo or PropertyInfo { CanWrite: true })
            Ask(member, build);

        var value = Members.GetValue(member, build);
        return value is string text ? !string.IsNullOrWhiteSpace(text) : value is not null;
    }

    private static void Ask(MemberInfo member, NukeBuild build)
    {
        while (Members.GetValue(member, build) is null)
        {
            if (Console.IsInputRedirected)
                throw new InvalidOperationException($"'{NameOf(member)}' is required, and there is no terminal to ask for it.");

            var attribute = member.GetCustomAttribute<ParameterAttribute>();
            Host.Information($"{(attribute.Description ?? NameOf(member)).TrimEnd('.')}:");
            if (Console.ReadLine() is { Length: > 0 } answer)
                Members.SetValue(member, build, Conversion.ConvertOne(answer, Members.TypeOf(member)), attribute);
        }
    }

    private static string NameOf(MemberInfo member) =>
        member.IsDefined(typeof(ParameterAttribute)) ? ParameterService.NameOf(member) : member.Name;
}
