using System.Linq.Expressions;
using System.Reflection;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Execution;

/// <summary>Finds the members of a build class and of its components, whose default implementations the class does not have itself.</summary>
internal static class Members
{
    public const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;

    public const BindingFlags Everything = Instance | BindingFlags.Static;

    /// <summary>The name without the interface that an explicit implementation carries.</summary>
    public static string ShortName(MemberInfo member) => member.Name[(member.Name.LastIndexOf('.') + 1)..];

    public static Type TypeOf(MemberInfo member) => member switch
    {
        PropertyInfo property => property.PropertyType,
        FieldInfo field => field.FieldType,
        _ => throw new NotSupportedException($"Member '{member.Name}' is neither property nor field."),
    };

    /// <summary>The type that can also say "nobody gave a value".</summary>
    public static Type NullableOf(Type type) =>
        type.IsValueType && Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type;

    public static MemberInfo Of(LambdaExpression expression) =>
        ((MemberExpression)(expression.Body is UnaryExpression conversion ? conversion.Operand : expression.Body)).Member;

    public static object GetValue(MemberInfo member, object instance) => member switch
    {
        PropertyInfo property => property.GetValue(property.GetMethod.IsStatic ? null : instance),
        FieldInfo field => field.GetValue(field.IsStatic ? null : instance),
        _ => throw new NotSupportedException($"Member '{member.Name}' is neither property nor field."),
    };

    public static void SetValue(MemberInfo member, object instance, object value, ValueInjectionAttributeBase attribute)
    {
        if (!TypeOf(member).IsAssignableFrom(value.GetType()))
        {
            throw new InvalidOperationException(
                $"Member '{member.Name}' must be of type '{value.GetType().Name}' to get its valued injected from '{attribute.GetType().Name}'");
        }

        if (member is FieldInfo field)
            field.SetValue(field.IsStatic ? null : instance, value);
        else if (member is PropertyInfo { SetMethod: { } setter } property)
            property.SetValue(setter.IsStatic ? null : instance, value);
        else
            BackingFieldOf((PropertyInfo)member).SetValue(instance, value);
    }

    public static IReadOnlyList<MemberInfo> All(Type type, Func<MemberInfo, bool> filter, BindingFlags flags, bool allowAmbiguity)
    {
        var ofComponents = type.GetInterfaces()
            .SelectMany(component => component.GetMembers(flags))
            .Where(filter)
            .Where(member => type.GetMember(member.Name).Length == 0)
            .GroupBy(ShortName)
            .Select(group => (Name: group.Key, Members: MostDerived(group.ToList())))
            .ToList();
        var ofClass = type.GetMembers(flags).Where(filter).Where(member => !member.Name.Contains('.')).ToList();

        if (!allowAmbiguity && ofComponents.FirstOrDefault(pair => pair.Members.Count > 1 && ofClass.All(member => member.Name != pair.Name)) is { Name: not null } ambiguous)
        {
            throw new InvalidOperationException(string.Join(
                Environment.NewLine,
                [
                    $"{ambiguous.Members[0].MemberType} '{ambiguous.Name}' must be implemented explicitly because it is inherited from multiple interfaces:",
                    .. ambiguous.Members.Select(member => $" - {member.DeclaringType.Name}"),
                ]));
        }

        return [.. ofClass, .. ofComponents.SelectMany(pair => pair.Members).Select(member => ImplementationOf(member, type)).Where(filter)];
    }

    /// <summary>A component may redefine a member of a component that it extends: then only the last one counts.</summary>
    private static List<MemberInfo> MostDerived(List<MemberInfo> members) =>
        members.FirstOrDefault(member => members.All(other => other.DeclaringType.IsAssignableFrom(member.DeclaringType))) is { } last
            ? [last]
            : members;

    /// <summary>The class's explicit implementation where it has one; its attributes count, not the component's.</summary>
    private static MemberInfo ImplementationOf(MemberInfo member, Type type) =>
        member is PropertyInfo
            ? type.GetProperty($"{member.DeclaringType.FullName.Replace('+', '.')}.{member.Name}", Instance) ?? member
            : member;

    private static FieldInfo BackingFieldOf(PropertyInfo property) =>
        property.DeclaringType.GetField($"<{property.Name}>k__BackingField", Everything | BindingFlags.DeclaredOnly)
        ?? throw new InvalidOperationException($"Property '{property.DeclaringType.Name}.{property.Name}' has no setter.");
}
