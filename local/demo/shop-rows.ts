/** Rows as they are in the source: what was typed in somewhere stays text, wrong or not. */
export interface CustomerRow {
  readonly customerId: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly phone: string;
  readonly address: string;
  readonly city: string;
  readonly state: string;
  readonly zipCode: string;
  readonly country: string;
  readonly isActive: boolean;
  readonly createdAt: string | null;
  readonly updatedAt: string;
}

export interface ProductRow {
  readonly productId: string;
  readonly productName: string;
  readonly category: string | null;
  readonly listPrice: string;
  readonly unitCost: string;
  readonly isDiscontinued: boolean;
  readonly updatedAt: string;
}

export interface OrderRow {
  readonly orderId: number;
  readonly customerId: string | null;
  readonly orderedAt: string;
  readonly status: string;
  readonly channel: string;
  readonly shippingFee: string;
  readonly deliveredAt: string | null;
  readonly returnedAt: string | null;
  readonly recordedAt: string;
  readonly updatedAt: string;
}

export interface OrderLineRow {
  readonly orderLineId: number;
  readonly orderId: number | null;
  readonly productId: string | null;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly discountPercent: number;
  readonly updatedAt: string;
}

export interface ShopRows {
  readonly customers: readonly CustomerRow[];
  readonly products: readonly ProductRow[];
  readonly orders: readonly OrderRow[];
  readonly orderLines: readonly OrderLineRow[];
}

export type ShopTableName = keyof ShopRows;

interface Column<Row> {
  readonly field: keyof Row & string;
  readonly type: string;
}

export interface ShopTable<Row> {
  readonly table: string;
  readonly key: string;
  readonly columns: readonly Column<Row>[];
}

/** Snowflake's name of a field: `customerId` is `CUSTOMER_ID`. */
export const columnName = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

const TEXT = 'VARCHAR';
const MOMENT = 'TIMESTAMP_NTZ(9)';
const MONEY = 'NUMBER(10,2)';
const WHOLE = 'NUMBER(38,0)';

const columns = <Row>(types: Record<keyof Row & string, string>): Column<Row>[] =>
  Object.entries<string>(types).map(([field, type]) => ({
    field: field as keyof Row & string,
    type,
  }));

/** The four source tables; the order of columns is the order in which rows are bound. */
export const SHOP_TABLES: { readonly [Name in ShopTableName]: ShopTable<ShopRows[Name][number]> } =
  {
    customers: {
      table: 'CUSTOMERS',
      key: 'CUSTOMER_ID',
      columns: columns<CustomerRow>({
        customerId: TEXT,
        firstName: TEXT,
        lastName: TEXT,
        email: TEXT,
        phone: TEXT,
        address: TEXT,
        city: TEXT,
        state: TEXT,
        zipCode: TEXT,
        country: TEXT,
        isActive: 'BOOLEAN',
        createdAt: MOMENT,
        updatedAt: MOMENT,
      }),
    },
    products: {
      table: 'PRODUCTS',
      key: 'PRODUCT_ID',
      columns: columns<ProductRow>({
        productId: TEXT,
        productName: TEXT,
        category: TEXT,
        listPrice: MONEY,
        unitCost: MONEY,
        isDiscontinued: 'BOOLEAN',
        updatedAt: MOMENT,
      }),
    },
    orders: {
      table: 'ORDERS',
      key: 'ORDER_ID',
      columns: columns<OrderRow>({
        orderId: WHOLE,
        customerId: TEXT,
        orderedAt: TEXT,
        status: TEXT,
        channel: TEXT,
        shippingFee: MONEY,
        deliveredAt: MOMENT,
        returnedAt: MOMENT,
        recordedAt: MOMENT,
        updatedAt: MOMENT,
      }),
    },
    orderLines: {
      table: 'ORDER_LINES',
      key: 'ORDER_LINE_ID',
      columns: columns<OrderLineRow>({
        orderLineId: WHOLE,
        orderId: WHOLE,
        productId: TEXT,
        quantity: TEXT,
        unitPrice: TEXT,
        discountPercent: WHOLE,
        updatedAt: MOMENT,
      }),
    },
  };
