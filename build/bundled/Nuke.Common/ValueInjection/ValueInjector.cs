using System.Linq.Expressions;
using System.Reflection;
using Nuke.Common.Execution;

namespace Nuke.Common.ValueInjection;

/// <summary>Gives the build class its values, and components theirs when they ask.</summary>
internal static class ValueInjector
{
    private static readonly Dictionary<MemberInfo, object> Values = [];

    private static readonly string[] OwnParameters =
    [
        nameof(NukeBuild.Plan), nameof(NukeBuild.Help), nameof(NukeBuild.Continue), nameof(NukeBuild.NoLogo), nameof(NukeBuild.Verbosity),
    ];

    public static object TryGetValue(LambdaExpression expression)
    {
        var member = Members.Of(expression);
        if (Values.GetValueOrDefault(member) is { } known)
            return known;

        var attribute = member.GetCustomAttribute<ValueInjectionAttributeBase>()
            ?? throw new InvalidOperationException($"'{member.Name}' has no injection attribute.");
        var instance = ((expression.Body as MemberExpression)?.Expression as ConstantExpression)?.Value;
        attribute.Build = instance as INukeBuild;
        return Values[member] = attribute.TryGetValue(member, instance);
    }

    public static void InjectParameters(NukeBuild build) =>
        Inject(build, attribute => attribute.GetType() == typeof(ParameterAttribute));

    public static void InjectOthers(NukeBuild build) =>
        Inject(build, attribute => attribute.GetType() != typeof(ParameterAttribute));

    public static IReadOnlyList<MemberInfo> ParametersOf(Type buildType, bool includeUnlisted) =>
        InjectedMembers(buildType)
            .Where(pair => pair.Attribute is ParameterAttribute parameter && (includeUnlisted || parameter.List))
            .Select(pair => pair.Member)
            .OrderBy(ParameterService.NameOf, StringComparer.CurrentCulture)
            .ToList();

    public static IReadOnlyList<(MemberInfo Member, ValueInjectionAttributeBase Attribute)> InjectedMembers(Type buildType) =>
        Members.All(buildType, member => member.IsDefined(typeof(ValueInjectionAttributeBase)), Members.Everything, allowAmbiguity: true)
            .OrderBy(member => member.Name, StringComparer.CurrentCulture)
            .Select(member => (member, member.GetCustomAttribute<ValueInjectionAttributeBase>()))
            .ToList();

    private static void Inject(NukeBuild build, Func<ValueInjectionAttributeBase, bool> filter)
    {
        var members = InjectedMembers(build.GetType())
            .Where(pair => filter(pair.Attribute))
            .Where(pair => pair.Member.DeclaringType != typeof(NukeBuild) || OwnParameters.Contains(pair.Member.Name))
            .Where(pair => !pair.Member.ReflectedType.IsInterface)
            .OrderBy(pair => Depth(pair.Member.DeclaringType))
            .ThenByDescending(pair => pair.Attribute.Priority);
        foreach (var (member, attribute) in members)
        {
            attribute.Build = build;
            if (attribute.TryGetValue(member, build) is { } value)
                Members.SetValue(member, build, value, attribute);
        }
    }

    private static int Depth(Type type)
    {
        var depth = 0;
        for (var current = type.BaseType; current is not null; current = current.BaseType)
            depth++;
        return depth;
    }
}
